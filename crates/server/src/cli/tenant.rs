//! `alexandria tenant`: those who own, for whoever looks after the installation.

use std::path::PathBuf;

use alexandria_core::error::{Error, ErrorKind, Result};
use alexandria_core::tenant::{TENANT_GRACE_DAYS_DEFAULT, TENANT_GRACE_DAYS_MAX};
use axum::http::Method;
use clap::{Args, Subcommand, ValueEnum};

use super::door::{Door, Work};
use super::list::{encode, gather};
use super::paint::{STRONG, WARN, clean, paint, shorten};
use super::user::{day, tell_invited};
use super::{Outcome, Setting};
use crate::api::tenants::{ChangeBody, MadeTenantBody, PlanBody, TenantBody, TenantCreate};

mod demo;

/// The width of a name, in characters.
const COLUMN_CHARACTERS: usize = 40;

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria tenant create \"City Library\" --owner ada@example.org
  alexandria tenant create Acme --plan trial --region eu-central
  alexandria tenant list
  alexandria tenant show Acme
  alexandria tenant region Acme eu-central
  alexandria tenant suspend Acme
  alexandria tenant export Acme --out acme.zip
  alexandria tenant demo
  alexandria --tenant \"City Library\" list --collections";

/// Make tenants, who share this installation and see nothing of each other, and look after them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Tenant {
    #[command(subcommand)]
    verb: Verb,
}

/// How much a tenant may hold and use.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum PlanChoice {
    /// As much as the installation can
    Unlimited,
    /// 100 documents, 1 GiB, 1,000 questions and $5 a month
    Trial,
    /// 10,000 documents, 100 GiB, 100,000 questions and $500 a month
    Team,
}

impl From<PlanChoice> for PlanBody {
    fn from(plan: PlanChoice) -> Self {
        match plan {
            PlanChoice::Unlimited => Self::Unlimited,
            PlanChoice::Trial => Self::Trial,
            PlanChoice::Team => Self::Team,
        }
    }
}

/// What is done. The tenant that is looked after is no `--tenant`, in whose name the command would be given.
#[derive(Debug, Subcommand)]
enum Verb {
    /// List the tenants, oldest first
    List,
    /// Show a tenant: its state and plan, and whether what it has is in its region
    Show {
        /// Its name or id
        #[arg(id = "which", value_name = "TENANT")]
        tenant: String,
    },
    /// Make a tenant
    Create {
        /// Its name
        #[arg(value_name = "NAME")]
        name: String,
        /// How much it may hold and use
        #[arg(long, value_name = "PLAN", default_value = "unlimited")]
        plan: PlanChoice,
        /// The region that everything it has must stay in, the one of storage.region, such as eu-central
        #[arg(long, value_name = "LABEL")]
        region: Option<String>,
        /// Whom to invite as its first owner
        #[arg(long, value_name = "ADDRESS")]
        owner: Option<String>,
    },
    /// Give a tenant another name
    Rename {
        /// Its name or id
        #[arg(id = "which", value_name = "TENANT")]
        tenant: String,
        /// The new name
        #[arg(value_name = "NAME")]
        name: String,
    },
    /// Give a tenant another plan
    Plan {
        /// Its name or id
        #[arg(id = "which", value_name = "TENANT")]
        tenant: String,
        /// How much it may hold and use
        #[arg(value_name = "PLAN")]
        plan: PlanChoice,
    },
    /// Give a tenant a region that everything it has must stay in, or none
    Region {
        /// Its name or id
        #[arg(id = "which", value_name = "TENANT")]
        tenant: String,
        /// The region, the one of storage.region, such as eu-central
        #[arg(value_name = "LABEL", required_unless_present = "none")]
        region: Option<String>,
        /// Let it stay anywhere
        #[arg(long, conflicts_with = "region")]
        none: bool,
    },
    /// Let nobody of a tenant in; what it holds stays
    Suspend {
        /// Its name or id
        #[arg(id = "which", value_name = "TENANT")]
        tenant: String,
    },
    /// Let a tenant's people in again; its end is taken back
    Resume {
        /// Its name or id
        #[arg(id = "which", value_name = "TENANT")]
        tenant: String,
    },
    /// Write everything that a tenant has into a ZIP archive, its files included
    Export {
        /// Its name or id
        #[arg(id = "which", value_name = "TENANT")]
        tenant: String,
        /// The archive
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// End a tenant: nobody is let in, and what it holds is removed after a grace
    End {
        /// Its name or id
        #[arg(id = "which", value_name = "TENANT")]
        tenant: String,
        /// Days until what it holds is removed
        #[arg(long, value_name = "DAYS", default_value_t = TENANT_GRACE_DAYS_DEFAULT,
              value_parser = clap::value_parser!(u32).range(0..=i64::from(TENANT_GRACE_DAYS_MAX)))]
        grace_days: u32,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Set up "Demo Tenant" with a collection to ask, and a key; doing it twice does nothing twice
    Demo,
}

impl Tenant {
    /// Does what is asked.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let work = match &self.verb {
            Verb::Demo => Work::Jobs,
            Verb::Create { .. } => Work::Store,
            Verb::List
            | Verb::Show { .. }
            | Verb::Region { .. }
            | Verb::Rename { .. }
            | Verb::Plan { .. }
            | Verb::Suspend { .. }
            | Verb::Resume { .. }
            | Verb::Export { .. }
            | Verb::End { .. } => Work::Look,
        };
        let door = Door::open(setting, work).await?;
        let done = self.verb.run(setting, &door).await;
        door.close().await;
        done
    }
}

impl Verb {
    async fn run(&self, setting: &Setting, door: &Door) -> Result<Outcome> {
        match self {
            Self::List => list(setting, door).await,
            Self::Show { tenant } => tell(setting, &door.get(&path(tenant)).await?),
            Self::Region { tenant, region, .. } => {
                let body = ChangeBody {
                    region: Some(region.clone()),
                    ..ChangeBody::default()
                };
                tell(setting, &door.patch(&path(tenant), &body).await?)
            }
            Self::Create {
                name,
                plan,
                region,
                owner,
            } => {
                let body = TenantCreate {
                    name: name.clone(),
                    region: region.clone(),
                    plan: (*plan).into(),
                    quotas: crate::api::tenants::QuotasBody::default(),
                    owner_email: owner.clone(),
                };
                create(setting, door, &body).await
            }
            Self::Rename { tenant, name } => {
                let body = ChangeBody {
                    name: Some(name.clone()),
                    ..ChangeBody::default()
                };
                tell(setting, &door.patch(&path(tenant), &body).await?)
            }
            Self::Plan { tenant, plan } => {
                let body = ChangeBody {
                    plan: Some((*plan).into()),
                    ..ChangeBody::default()
                };
                tell(setting, &door.patch(&path(tenant), &body).await?)
            }
            Self::Suspend { tenant } => put(setting, door, tenant, "suspend").await,
            Self::Resume { tenant } => put(setting, door, tenant, "resume").await,
            Self::End {
                tenant,
                grace_days,
                yes,
            } => end(setting, door, (tenant, *grace_days), *yes).await,
            Self::Export { tenant, out } => {
                let path = format!("{}/export", path(tenant));
                super::download::download(setting, door, &path, out).await?;
                Ok(Outcome::Done)
            }
            Self::Demo => demo::set_up(setting, door).await,
        }
    }
}

fn path(tenant: &str) -> String {
    format!("/api/v1/tenants/{}", encode(tenant))
}

async fn list(setting: &Setting, door: &Door) -> Result<Outcome> {
    let items: Vec<TenantBody> = gather(door, "/api/v1/tenants", &[], 100_000).await?;
    let row = |tenant: &TenantBody| {
        vec![
            shorten(&tenant.name, COLUMN_CHARACTERS),
            state(tenant),
            format!("{:?}", tenant.plan).to_lowercase(),
            region(tenant),
            tenant.id.to_string(),
        ]
    };
    let headings = ["TENANT", "STATE", "PLAN", "REGION", "ID"];
    setting.painter.list(&items, &headings, row)?;
    Ok(Outcome::Done)
}

fn state(tenant: &TenantBody) -> String {
    match tenant.ends {
        Some(end) => format!("{} on {}", tenant.state, day(end)),
        None => tenant.state.clone(),
    }
}

/// A region, and whether it holds.
fn region(tenant: &TenantBody) -> String {
    let region = tenant.region.clone().unwrap_or_default();
    match tenant.region_holds {
        Some(false) => format!("{region} (not here)"),
        Some(true) | None => region,
    }
}

async fn create(setting: &Setting, door: &Door, body: &TenantCreate) -> Result<Outcome> {
    let made: MadeTenantBody = door.post("/api/v1/tenants", body).await?;
    if setting.painter.is_json() {
        setting.painter.json(&made)?;
        return Ok(Outcome::Done);
    }
    tell(setting, &made.tenant)?;
    if let Some(invited) = &made.invited {
        tell_invited(setting, invited)?;
    }
    Ok(Outcome::Done)
}

async fn put(setting: &Setting, door: &Door, tenant: &str, what: &str) -> Result<Outcome> {
    let path = format!("{}/{what}", path(tenant));
    let nothing = serde_json::json!({});
    tell(setting, &door.post(&path, &nothing).await?)
}

async fn end(
    setting: &Setting,
    door: &Door,
    (tenant, grace_days): (&str, u32),
    yes: bool,
) -> Result<Outcome> {
    let name = clean(tenant);
    let question = format!("Remove everything that {name} holds in {grace_days} days?");
    if !yes && !super::confirm(setting, &question)? {
        let sentence = "nothing was done; say --yes to end the tenant without being asked";
        return Err(Error::new(ErrorKind::Conflict, sentence));
    }
    let path = format!("{}?grace_days={grace_days}", path(tenant));
    let ending: TenantBody = door.reply(Method::DELETE, &path).await?;
    tell(setting, &ending)
}

fn tell(setting: &Setting, tenant: &TenantBody) -> Result<Outcome> {
    let painter = setting.painter;
    if painter.is_json() {
        painter.json(tenant)?;
        return Ok(Outcome::Done);
    }
    painter.say(paint(STRONG, clean(&tenant.name)));
    let style = if tenant.state == "active" {
        STRONG
    } else {
        WARN
    };
    let state = paint(style, state(tenant));
    painter.say(format!("{state}, {}", tenant.id));
    if tenant.region.is_some() {
        painter.say(format!("region {}", region(tenant)));
    }
    for note in &tenant.region_notes {
        painter.say(paint(WARN, note));
    }
    Ok(Outcome::Done)
}
