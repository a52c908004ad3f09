//! Table `jobs`: background work.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "jobs")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub kind: String,
    pub payload: String,
    pub document_id: Option<Uuid>,
    pub priority: i64,
    pub run_at: i64,
    pub lease_until: Option<i64>,
    pub lease_owner: Option<String>,
    pub attempts: i64,
    pub attempts_max: i64,
    pub dedupe_key: Option<String>,
    pub state: String,
    pub progress_done: i64,
    pub progress_total: i64,
    pub progress_unit: String,
    pub last_error: Option<String>,
    pub created: i64,
    pub finished: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
