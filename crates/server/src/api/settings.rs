//! The settings in force, for those who look after the installation.

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;
use alexandria_core::access::Scope;
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;

use super::Shared;
use super::extract::Asker;
use super::problem::Problem;
use crate::config::{Origin, SETTINGS};

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new().api_route(
        "/api/v1/settings",
        get_with(settings, |operation| {
            operation
                .id("settings")
                .tag("status")
                .summary("Every setting, its value and where it came from")
                .description(
                    "As `alexandria config` shows them, of the process that answers. Of secrets it is \
                     told whether they are set, and never what they are. Settings are changed where \
                     they come from, and hold from the next start on.",
                )
        }),
    )
}

/// The settings in force.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Settings")]
struct SettingsBody {
    /// All of them, in the order of the reference.
    items: Vec<SettingBody>,
}

/// A setting.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Setting")]
struct SettingBody {
    /// Its key in the TOML file, such as `server.port`.
    key: &'static str,
    /// Its names in the environment; the first is the one to use.
    environment: &'static [&'static str],
    /// What it is.
    about: &'static str,
    /// Whether it has a value.
    set: bool,
    /// Its value as text; absent for a secret.
    value: Option<String>,
    /// Whether it is a secret, whose value is never told.
    secret: bool,
    /// What sort of place its value came from.
    source: SourceBody,
    /// Where its value came from, in words: the file, the variable, or the like.
    from: String,
}

/// Where a value came from.
#[derive(Clone, Copy, Debug, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "SettingSource")]
enum SourceBody {
    /// Nobody said anything.
    Default,
    /// The TOML file.
    File,
    /// A variable of the environment.
    Environment,
    /// A variable of the `.env` file.
    Dotenv,
    /// A file that holds this secret alone.
    SecretFile,
    /// A key server.
    KeyServer,
    /// The command line.
    CommandLine,
}

impl From<&Origin> for SourceBody {
    fn from(origin: &Origin) -> Self {
        match origin {
            Origin::Default => Self::Default,
            Origin::File(_) => Self::File,
            Origin::Environment(_) => Self::Environment,
            Origin::Dotenv(_) => Self::Dotenv,
            Origin::SecretFile { .. } => Self::SecretFile,
            Origin::KeyServer(_) => Self::KeyServer,
            Origin::Flag => Self::CommandLine,
        }
    }
}

async fn settings(
    State(app): State<Shared>,
    Asker(principal): Asker,
) -> Result<Json<SettingsBody>, Problem> {
    principal.require(Scope::Operate)?;
    let items = SETTINGS.iter().map(|setting| {
        let shown = (setting.show)(&app.config);
        let origin = app.origins.get(setting.key).cloned().unwrap_or_default();
        SettingBody {
            key: setting.key,
            environment: setting.environment,
            about: setting.about.trim(),
            set: !shown.is_empty(),
            value: (!setting.secret).then_some(shown),
            secret: setting.secret,
            source: SourceBody::from(&origin),
            from: origin.to_string(),
        }
    });
    Ok(Json(SettingsBody {
        items: items.collect(),
    }))
}
