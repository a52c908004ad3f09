//! Table `chunks`: pieces of versions.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "chunks")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub version_id: Uuid,
    pub ordinal: i64,
    pub kind: String,
    pub span_start: i64,
    pub span_end: i64,
    pub page: Option<i64>,
    pub section: String,
    pub part: Option<String>,
    pub item: Option<i64>,
    pub tokens: i64,
    pub text: String,
    pub text_digest: Vec<u8>,
    pub fold_key: Option<i64>,
    pub embedded: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
