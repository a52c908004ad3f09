//! `alexandria tenant demo`: a tenant to try, with a collection to ask and a key.

use alexandria_core::access::{Scope, Scopes};
use alexandria_core::error::{ErrorKind, Result};

use super::path;
use crate::api::keys::{KeyBody, MadeKeyBody, NewKey, ScopeBody};
use crate::api::tenants::{MadeTenantBody, PlanBody, QuotasBody, TenantBody, TenantCreate};
use crate::cli::door::Door;
use crate::cli::list::gather;
use crate::cli::paint::{FAINT, STRONG, paint};
use crate::cli::persona::sample;
use crate::cli::{Outcome, Setting};

/// The tenant's name.
const NAME: &str = "Demo Tenant";

/// The key's name.
const KEY: &str = "Demo key";

/// Makes what is missing of it.
pub(super) async fn set_up(setting: &Setting, door: &Door) -> Result<Outcome> {
    let known: Result<TenantBody> = door.get(&path(NAME)).await;
    let tenant = match known {
        Ok(tenant) => tenant,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let body = TenantCreate {
                name: NAME.to_owned(),
                region: None,
                plan: PlanBody::Trial,
                quotas: QuotasBody::default(),
                owner_email: None,
            };
            let made: MadeTenantBody = door.post("/api/v1/tenants", &body).await?;
            made.tenant
        }
        Err(error) => return Err(error),
    };
    let inside = door.within(NAME);
    drop(sample::put_in(setting, &inside).await?);
    let keys: Vec<KeyBody> = gather(&inside, "/api/v1/keys", &[], 200).await?;
    let has_key = keys
        .iter()
        .any(|key| key.name == KEY && key.revoked.is_none());
    let key = if has_key {
        None
    } else {
        let scopes = Scopes::of(&[Scope::Ingest, Scope::Ask]);
        let new = NewKey {
            name: KEY.to_owned(),
            scopes: scopes.iter().map(ScopeBody::from).collect(),
            collections: None,
            clearance: None,
            expires: None,
        };
        let made: MadeKeyBody = inside.post("/api/v1/keys", &new).await?;
        Some(made.key)
    };
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(&serde_json::json!({ "tenant": tenant, "key": key }))?;
        return Ok(Outcome::Done);
    }
    painter.say(paint(STRONG, NAME));
    if let Some(key) = key {
        painter.say(format!("Its key, shown this once: {key}"));
    }
    let next = format!("try: alexandria --tenant \"{NAME}\" ask \"What is happiness?\"");
    painter.say(paint(FAINT, next));
    Ok(Outcome::Done)
}
