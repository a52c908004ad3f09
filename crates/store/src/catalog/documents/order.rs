//! In which order documents are listed, and the cursors of each order.

use alexandria_core::document::Document;
use alexandria_core::error::Result;
use sea_orm::Order;
use sea_orm::sea_query::{Expr, ExprTrait, Func};

use super::super::cursor::List;
use super::super::micros;
use super::super::table::document::Column;
use super::fold;

/// In which order documents are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DocumentOrder {
    /// The last added first.
    #[default]
    NewestFirst,
    /// The first added first.
    OldestFirst,
    /// By their titles, whatever their case.
    Title,
    /// By their titles, the last first.
    TitleDescending,
    /// By the names of their files, whatever the case of plain letters.
    Name,
    /// By the names of their files, the last first.
    NameDescending,
    /// The largest first.
    LargestFirst,
    /// The smallest first.
    SmallestFirst,
    /// The last changed first.
    ChangedFirst,
    /// The longest unchanged first.
    UnchangedFirst,
}

impl DocumentOrder {
    const fn list(self) -> List {
        match self {
            Self::NewestFirst => List::DocumentsNewestFirst,
            Self::OldestFirst => List::DocumentsOldestFirst,
            Self::Title => List::DocumentsByTitle,
            Self::TitleDescending => List::DocumentsByTitleDescending,
            Self::Name => List::DocumentsByName,
            Self::NameDescending => List::DocumentsByNameDescending,
            Self::LargestFirst => List::DocumentsLargestFirst,
            Self::SmallestFirst => List::DocumentsSmallestFirst,
            Self::ChangedFirst => List::DocumentsChangedFirst,
            Self::UnchangedFirst => List::DocumentsUnchangedFirst,
        }
    }

    /// Which way both the key and the id go.
    pub(super) const fn direction(self) -> Order {
        if self.is_descending() {
            Order::Desc
        } else {
            Order::Asc
        }
    }

    const fn is_descending(self) -> bool {
        match self {
            Self::NewestFirst
            | Self::TitleDescending
            | Self::NameDescending
            | Self::LargestFirst
            | Self::ChangedFirst => true,
            Self::OldestFirst
            | Self::Title
            | Self::Name
            | Self::SmallestFirst
            | Self::UnchangedFirst => false,
        }
    }

    /// What is ordered by, before the id.
    pub(super) fn key(self) -> Expr {
        match self {
            Self::NewestFirst | Self::OldestFirst => Expr::col(Column::Added),
            Self::Title | Self::TitleDescending => Expr::col(Column::TitleFolded),
            Self::Name | Self::NameDescending => Func::lower(Expr::col(Column::Name)).into(),
            Self::LargestFirst | Self::SmallestFirst => Expr::col(Column::Bytes),
            Self::ChangedFirst | Self::UnchangedFirst => Expr::col(Column::Changed),
        }
    }

    /// The cursor that names a document.
    pub(super) fn cursor(self, last: &Document) -> String {
        let id = last.id.as_uuid();
        match self {
            Self::NewestFirst | Self::OldestFirst => self.list().encode((micros(last.added), id)),
            Self::Title | Self::TitleDescending => self.list().encode_text(&fold(&last.title), id),
            Self::Name | Self::NameDescending => self.list().encode_text(&last.name, id),
            Self::LargestFirst | Self::SmallestFirst => {
                let bytes = i64::try_from(last.bytes).unwrap_or(i64::MAX);
                self.list().encode((bytes, id))
            }
            Self::ChangedFirst | Self::UnchangedFirst => {
                self.list().encode((micros(last.changed), id))
            }
        }
    }

    /// The condition of what stands behind a cursor.
    ///
    /// # Errors
    /// `Invalid` for a cursor that this order has not given.
    pub(super) fn behind(self, cursor: &str) -> Result<Expr> {
        let (value, id) = match self {
            Self::Title | Self::TitleDescending => {
                let (title, id) = self.list().decode_text(cursor)?;
                (Expr::val(title), id)
            }
            // The database folds both sides, so that they compare as they are ordered.
            Self::Name | Self::NameDescending => {
                let (name, id) = self.list().decode_text(cursor)?;
                (Expr::from(Func::lower(Expr::val(name))), id)
            }
            Self::NewestFirst
            | Self::OldestFirst
            | Self::LargestFirst
            | Self::SmallestFirst
            | Self::ChangedFirst
            | Self::UnchangedFirst => {
                let (number, id) = self.list().decode(cursor)?;
                (Expr::val(number), id)
            }
        };
        let key = Expr::tuple([self.key(), Expr::col(Column::Id)]);
        let last = Expr::tuple([value, Expr::val(id)]);
        Ok(if self.is_descending() {
            key.lt(last)
        } else {
            key.gt(last)
        })
    }
}
