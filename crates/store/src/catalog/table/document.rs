//! Table `documents`: what was put in.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "documents")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub collection_id: Uuid,
    pub title: String,
    pub title_folded: String,
    pub name: String,
    pub authors: String,
    pub format: String,
    pub media_type: String,
    pub language: Option<String>,
    pub category: Option<String>,
    pub blob: String,
    pub digest: Vec<u8>,
    pub bytes: i64,
    pub state: String,
    pub version_id: Option<Uuid>,
    pub pages: Option<i64>,
    pub chunks: i64,
    pub embedded: i64,
    pub faults: String,
    pub added: i64,
    pub changed: i64,
    pub deleted: Option<i64>,
    pub classification: i64,
    pub added_by: Option<String>,
    pub cover_blob: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
