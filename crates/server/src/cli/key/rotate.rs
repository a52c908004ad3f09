//! `alexandria key rotate`: change a secret where it stands.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use alexandria_core::clock::Clock as _;
use alexandria_core::error::{Context, Error, ErrorKind, Result};
use alexandria_library::clock::SystemClock;
use alexandria_store::seal::{Keyring, LocalRoot, RootKey};

use super::{checked, find, from_file, generate};
use crate::api::encryption::{ENCRYPTION_PATH, EncryptionBody, ROTATION_PATH};
use crate::cli::door::{Door, Server, Work};
use crate::cli::paint::{FAINT, GOOD, paint};
use crate::cli::{Outcome, Setting};
use crate::config::{Config, Place, Secret};

/// How often it is looked how far the work is.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How a secret is to be changed.
#[derive(Debug, Default)]
pub(super) struct Wish {
    /// The file of the new value.
    pub(super) from: Option<PathBuf>,
    /// Whether the old one is refused at once.
    pub(super) forget: bool,
}

/// What was changed.
#[derive(Debug)]
pub(super) struct Changed {
    /// The file that holds the new value.
    pub(super) file: PathBuf,
    /// What is to be done now.
    pub(super) next: String,
}

/// Changes a secret and says what to do next.
pub(super) async fn run(setting: &Setting, name: &str, wish: &Wish) -> Result<Outcome> {
    if name == "encryption" {
        return encryption(setting).await;
    }
    let secret = find(name)?;
    let changed = match secret.name() {
        "SECRET_KEY" => secret_key(setting, &secret, wish.forget)?,
        "ENCRYPTION_KEY" => encryption_key(setting, &secret).await?,
        _ => replace(setting, &secret, &given(setting, &secret, wish)?)?,
    };
    // What changed is known by its age from now on.
    let painter = setting.painter;
    let (file, next) = (changed.file.display(), &changed.next);
    if painter.is_json() {
        let name = secret.name();
        let file = file.to_string();
        painter.json(&serde_json::json!({ "rotated": name, "file": file, "next": next }))?;
        return Ok(Outcome::Done);
    }
    let done = paint(GOOD, "✓");
    painter.say(format!(
        "{done} {} is new, in {file} (mode 600)",
        secret.name()
    ));
    painter.say(paint(FAINT, format!("    → {next}")));
    Ok(Outcome::Done)
}

/// The value that somebody else has given out.
fn given(setting: &Setting, secret: &Secret, wish: &Wish) -> Result<String> {
    if let Some(path) = &wish.from {
        return from_file(path);
    }
    let name = secret.name();
    setting
        .painter
        .tell(format!("The new value of {name}, then Enter:"));
    let mut line = String::new();
    let about = || format!("cannot read the new value of {name}");
    std::io::stdin()
        .read_line(&mut line)
        .context(ErrorKind::Invalid, about)?;
    checked(&line, about)
}

/// Puts a value that was given in the place of the old one.
pub(super) fn replace(setting: &Setting, secret: &Secret, value: &str) -> Result<Changed> {
    let place = Place::of(&setting.settled, secret)?;
    place.write(&[(secret.name(), value)])?;
    Ok(Changed {
        file: place.file().to_owned(),
        next: "start the server again, and have the old one refused where it was given out"
            .to_owned(),
    })
}

/// Makes a new secret of the installation; the old one is still accepted unless it is forgotten.
pub(super) fn secret_key(setting: &Setting, secret: &Secret, forget: bool) -> Result<Changed> {
    let config = setting.config();
    let place = Place::of(&setting.settled, secret)?;
    // While none is set, what is signed is signed with the one that the server has made for itself.
    let old = if config.has_own_secret() {
        secret.reveal(config)
    } else {
        crate::access::former_secret(&config.data).unwrap_or_default()
    };
    let previous = find("SECRET_KEY_PREVIOUS")?;
    let keep = !forget && !crate::config::is_known_secret(&old);
    let new = generate()?;
    let kept = if keep { old } else { String::new() };
    let next = match &place {
        Place::Dotenv(_) => {
            place.write(&[(previous.name(), &kept), (secret.name(), &new)])?;
            "start the server again"
        }
        Place::File(path) => {
            let beside = crate::config::beside(path, "previous");
            let set = setting.settled.origins.get(previous.key());
            let file = Place::previous(set, &beside);
            // A file of a secret is never empty: what nobody knows accepts nothing.
            let kept = if kept.is_empty() { generate()? } else { kept };
            file.write(&[(previous.name(), &kept)])?;
            place.write(&[(secret.name(), &new)])?;
            if file.file() == beside {
                "set SECRET_KEY_PREVIOUS_FILE to the same name with .previous at its end, and start \
                 the server again"
            } else {
                "start the server again"
            }
        }
    };
    let note = if keep {
        format!("{next}; who is signed in stays so, until the next rotation")
    } else {
        format!("{next}; everybody has to sign in anew")
    };
    Ok(Changed {
        file: place.file().to_owned(),
        next: note,
    })
}

/// Makes a new root key and has it wrap the keyring. Both open the keyring until the new one is
/// where the old one was, so that nothing is lost whenever this breaks off.
async fn encryption_key(setting: &Setting, secret: &Secret) -> Result<Changed> {
    let config = setting.config();
    let old = secret.reveal(config);
    if old.is_empty() {
        let sentence = "encryption is off: set ENCRYPTION_KEY_FILE to the file of a key that \
                        `alexandria secret` has made, and start the server again";
        return Err(Error::new(ErrorKind::Conflict, sentence));
    }
    if let Some(server) = Server::find(setting).await {
        let sentence = format!(
            "a server at {} holds the key: stop it, change the key, and start it again",
            server.address()
        );
        return Err(Error::new(ErrorKind::Conflict, sentence));
    }
    let place = Place::of(&setting.settled, secret)?;
    let new = generate()?;
    let root = Arc::new(LocalRoot::from_hex(&new)?);
    let keyring = open(config, Arc::new(LocalRoot::from_hex(&old)?)).await?;
    keyring.admit(root.as_ref()).await?;
    place.write(&[(secret.name(), &new)])?;
    open(config, root).await?.expel_others().await?;
    Ok(Changed {
        file: place.file().to_owned(),
        next: "start the server again; keep the old key with the backups that were made under it"
            .to_owned(),
    })
}

async fn open(config: &Config, root: Arc<dyn RootKey>) -> Result<Keyring> {
    Keyring::open(&config.data, root, &SystemClock).await
}

/// Makes a new key of the keyring and waits until everything is under it.
async fn encryption(setting: &Setting) -> Result<Outcome> {
    let door = Door::open(setting, Work::Jobs).await?;
    let done = follow(setting, &door).await;
    door.close().await;
    let of = done?;
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(&of)?;
    } else {
        painter.say(format!(
            "{} {} files are under a new key",
            paint(GOOD, "✓"),
            of.files_done
        ));
    }
    if of.files_failed == 0 {
        return Ok(Outcome::Done);
    }
    painter.tell(format!(
        "{} files are damaged and were left as they are: alexandria doctor names them",
        of.files_failed
    ));
    Ok(Outcome::Incomplete)
}

async fn follow(setting: &Setting, door: &Door) -> Result<EncryptionBody> {
    let begun = SystemClock.now();
    let mut of: EncryptionBody = door.post(ROTATION_PATH, &serde_json::json!({})).await?;
    let mut told = begun;
    while of.pending {
        tokio::time::sleep(LOOK_EVERY).await;
        of = door.get(ENCRYPTION_PATH).await?;
        let now = SystemClock.now();
        if now.duration_since(told).as_secs() >= 2 && !setting.painter.is_json() {
            told = now;
            setting.painter.tell(paint(
                FAINT,
                format!("{} of {} files", of.files_done, of.files_total),
            ));
        }
    }
    Ok(of)
}
