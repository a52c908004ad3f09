//! Table `outbox`: changes that the derived indexes follow.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub seq: i64,
    pub tenant_id: Uuid,
    pub collection_id: Uuid,
    pub generation_id: Uuid,
    pub kind: String,
    pub document_id: Uuid,
    pub version_id: Option<Uuid>,
    pub from_ordinal: i64,
    pub to_ordinal: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
