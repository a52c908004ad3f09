//! Taking along what the library keeps of a person, or of a whole tenant: one ZIP archive of lists (JSON
//! lines) and files, with a manifest that names each with its SHA-256.

mod archive;

use std::sync::Arc;

use alexandria_core::access::Scope;
use alexandria_core::error::{Context as _, ErrorKind, Result};
use alexandria_core::id::{DocumentId, TenantId};
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{Holder, Holding, of_tenant, of_user};
use serde_json::{Value, json};
use tokio::sync::mpsc::{Receiver, channel};
use tracing::Instrument as _;

use self::archive::{Archive, Packing};
use crate::access::own_id;
use crate::library::Library;

/// Pieces of an archive that wait for whoever takes it.
const PIECES_QUEUED_MAX: usize = 4;

/// Bytes of a file that are read at once.
const FILE_BYTES_AT_ONCE: u64 = 256 * 1024;

/// The longest name of a file in an archive, in bytes.
const NAME_BYTES_MAX: usize = 120;

/// The form of the archive, in its manifest.
const EXPORT_FORM: &str = "alexandria-export-1";

/// Whether the files themselves are taken along.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Files {
    /// They are.
    Included,
    /// Only what is known of them is.
    #[default]
    LeftOut,
}

/// An archive while it is made: its bytes, in order.
pub type Archived = Receiver<Result<Vec<u8>>>;

/// What goes into an archive.
struct Contents {
    tenant: TenantId,
    holder: Option<Holder>,
    about: Value,
    files: Files,
}

impl Library {
    /// What the library keeps of a person.
    ///
    /// # Errors
    /// `NotFound`; `Forbidden` for a person who may do more than the one who asks.
    pub async fn export_user(
        self: &Arc<Self>,
        principal: &Principal,
        id_or_email: &str,
        files: Files,
    ) -> Result<Archived> {
        principal.require(Scope::People)?;
        let user = self.find_user(principal, id_or_email).await?;
        self.require_over(principal, user.id).await?;
        let holder = self.catalog.holder(principal, user.id).await?;
        Ok(self.pack_holder(principal, holder, files))
    }

    /// What the library keeps of the one who asks.
    ///
    /// # Errors
    /// `NotFound` when that is not a person.
    pub async fn export_me(
        self: &Arc<Self>,
        principal: &Principal,
        files: Files,
    ) -> Result<Archived> {
        let id = own_id(principal)?;
        principal.require_enrolled()?;
        let holder = self.catalog.holder(principal, id).await?;
        Ok(self.pack_holder(principal, holder, files))
    }

    /// Everything that a tenant has, its files included.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn export_tenant(
        self: &Arc<Self>,
        principal: &Principal,
        id_or_name: &str,
    ) -> Result<Archived> {
        principal.require_any(&[Scope::Operate, Scope::Tenant])?;
        let tenant = self.find_tenant(principal, id_or_name).await?;
        let settings = serde_json::to_value(&tenant.settings);
        let about = json!({
            "tenant": {
                "id": tenant.id,
                "name": tenant.name.as_str(),
                "created": tenant.created,
                "plan": tenant.plan.name(),
                "settings": settings.unwrap_or_default(),
            }
        });
        Ok(self.pack(Contents {
            tenant: tenant.id,
            holder: None,
            about,
            files: Files::Included,
        }))
    }

    fn pack_holder(
        self: &Arc<Self>,
        principal: &Principal,
        holder: Holder,
        files: Files,
    ) -> Archived {
        let about = json!({ "user": { "id": holder.user, "tenant_id": principal.tenant() } });
        self.pack(Contents {
            tenant: principal.tenant(),
            holder: Some(holder),
            about,
            files,
        })
    }

    fn pack(self: &Arc<Self>, contents: Contents) -> Archived {
        let (sender, receiver) = channel(PIECES_QUEUED_MAX);
        let library = Arc::clone(self);
        let packing = async move {
            let archive = Archive::new(sender.clone());
            if let Err(error) = Box::pin(library.fill(archive, &contents)).await {
                tracing::warn!(error = %error.chain(), "an export was broken off");
                // Whoever takes it may have gone, which is why it was broken off.
                sender.send(Err(error)).await.ok();
            }
        };
        self.tracker.spawn(packing.in_current_span());
        receiver
    }

    async fn fill(&self, mut archive: Archive, contents: &Contents) -> Result<()> {
        let principal = Principal::system(contents.tenant, "an export");
        let tables = self.catalog.tables_of_tenants().await?;
        let holdings: Vec<&Holding> = match &contents.holder {
            Some(_) => of_user().collect(),
            None => of_tenant().collect(),
        };
        let mut missing = Vec::new();
        for holding in holdings {
            if !tables.iter().any(|table| table == holding.table()) {
                continue;
            }
            self.list(&mut archive, &principal, contents, holding)
                .await?;
            if holding.name == "documents" && contents.files == Files::Included {
                self.files(&mut archive, &principal, (contents, holding), &mut missing)
                    .await?;
            }
        }
        let manifest = json!({
            "form": EXPORT_FORM,
            "made": self.clock.now(),
            "about": contents.about,
            "files_included": contents.files == Files::Included,
            "parts": archive.packed(),
            "missing_files": missing,
        });
        let text = serde_json::to_vec_pretty(&manifest).context(ErrorKind::Internal, || {
            "cannot write the manifest of an export".to_owned()
        })?;
        archive.begin("manifest.json", Packing::Deflated)?;
        archive.write(&text).await?;
        Box::pin(archive.finish()).await
    }

    /// A part as JSON lines.
    async fn list(
        &self,
        archive: &mut Archive,
        principal: &Principal,
        contents: &Contents,
        holding: &Holding,
    ) -> Result<()> {
        archive.begin(&format!("{}.jsonl", holding.name), Packing::Deflated)?;
        let (mut rows, mut after) = (0, None);
        loop {
            let holder = contents.holder.as_ref();
            let read = self
                .catalog
                .read_holding(principal, holding, holder, after.as_ref());
            let (items, next) = read.await?;
            for item in &items {
                let line = format!("{item}\n");
                archive.write(line.as_bytes()).await?;
            }
            rows += items.len() as u64;
            after = next;
            if after.is_none() {
                break;
            }
        }
        archive.end(Some(rows));
        Ok(())
    }

    /// The files of the documents of a part.
    async fn files(
        &self,
        archive: &mut Archive,
        principal: &Principal,
        (contents, holding): (&Contents, &Holding),
        missing: &mut Vec<String>,
    ) -> Result<()> {
        let mut after = None;
        loop {
            let holder = contents.holder.as_ref();
            let read = self
                .catalog
                .read_holding(principal, holding, holder, after.as_ref());
            let (items, next) = read.await?;
            let ids = items
                .iter()
                .filter_map(|item| item["id"].as_str()?.parse().ok());
            for id in ids.collect::<Vec<DocumentId>>() {
                match self.file(archive, principal, id).await {
                    // It was removed, now or before.
                    Err(error) if error.kind() == ErrorKind::NotFound => {
                        missing.push(id.to_string());
                    }
                    other => other?,
                }
            }
            after = next;
            if after.is_none() {
                return Ok(());
            }
        }
    }

    async fn file(
        &self,
        archive: &mut Archive,
        principal: &Principal,
        id: DocumentId,
    ) -> Result<()> {
        let original = self.catalog.original(principal, id).await?;
        let size = self.blobs.size(principal, &original.blob).await?;
        archive.begin(
            &format!("files/{id}/{}", file_name(&original.name)),
            Packing::Stored,
        )?;
        let mut start = 0;
        while start < size {
            let range = start..size.min(start + FILE_BYTES_AT_ONCE);
            start = range.end;
            let bytes = self
                .blobs
                .get_range(principal, &original.blob, range)
                .await
                // Half a file cannot be taken back.
                .map_err(|error| {
                    let sentence = format!("the file of the document {id} went away");
                    alexandria_core::error::Error::new(ErrorKind::Unavailable, sentence)
                        .with_source(error)
                })?;
            archive.write(&bytes).await?;
        }
        archive.end(None);
        Ok(())
    }
}

/// The last part of a name, without what file systems take for something else.
fn file_name(name: &str) -> String {
    let last = name.trim_end_matches('/').rsplit(['/', '\\']).next();
    let mut plain = String::new();
    for sign in last.unwrap_or_default().chars() {
        let sign = match sign {
            ':' | '*' | '?' | '"' | '<' | '>' | '|' => '_',
            sign if sign.is_control() => '_',
            sign => sign,
        };
        if plain.len() + sign.len_utf8() > NAME_BYTES_MAX {
            break;
        }
        plain.push(sign);
    }
    match plain.trim_matches(['.', ' ']) {
        "" => "file".to_owned(),
        kept => kept.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{NAME_BYTES_MAX, file_name};

    #[test]
    fn a_name_leads_nowhere_but_to_its_place() {
        let check = |name: &str, expected: &str| assert_eq!(file_name(name), expected, "{name:?}");
        check("dune.pdf", "dune.pdf");
        check("../../etc/passwd", "passwd");
        check("C:\\books\\a:b.txt", "a_b.txt");
        check("https://example.org/a/", "a");
        check("..", "file");
        check("", "file");
        assert!(file_name(&"é".repeat(500)).len() <= NAME_BYTES_MAX);
    }
}
