//! Table `versions`: readings of documents.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "versions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant_id: Uuid,
    pub collection_id: Uuid,
    pub document_id: Uuid,
    pub generation_id: Uuid,
    pub number: i64,
    pub original_blob: String,
    pub text_blob: String,
    pub layout_blob: String,
    pub text_digest: Vec<u8>,
    pub parser_name: String,
    pub parser_version: String,
    pub chunk_policy: String,
    pub characters: i64,
    pub pages: Option<i64>,
    pub chunks: i64,
    pub embedded: i64,
    pub state: String,
    pub faults: String,
    pub created: i64,
    pub published: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
