//! The pages of a document and their lines.

use alexandria_core::block::{PageRect, PageSize};
use alexandria_core::id::VersionId;
use alexandria_library::stored::{PageLine, PageLines, PageSizes};
use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::api::Shared;
use crate::api::documents::Which;
use crate::api::extract::{Asker, Segments};
use crate::api::originals::WhichPage;
use crate::api::problem::Problem;
use crate::api::wire::{RectangleBody, SpanBody};

/// The pages of a document.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Pages")]
pub(super) struct PagesBody {
    /// The reading they are of.
    #[schemars(with = "Uuid")]
    version_id: VersionId,
    /// How many there are; 0 for formats without pages.
    count: usize,
    /// Their sizes: each holds from its page on, up to the next one's.
    sizes: Vec<SizeBody>,
}

/// The size of the pages from one on.
#[derive(Debug, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "PageSize")]
struct SizeBody {
    /// The first page of this size, counted from 1.
    first: usize,
    /// From left to right, in points.
    width: f32,
    /// From top to bottom, in points.
    height: f32,
}

impl From<PageSizes> for PagesBody {
    fn from(found: PageSizes) -> Self {
        Self {
            version_id: found.version,
            count: found.pages.len(),
            sizes: runs(&found.pages),
        }
    }
}

/// The sizes of pages, each once where it begins.
fn runs(pages: &[PageSize]) -> Vec<SizeBody> {
    let mut sizes: Vec<SizeBody> = Vec::new();
    for (place, page) in pages.iter().enumerate() {
        let same = |last: &SizeBody| (last.width, last.height) == (page.width, page.height);
        if !sizes.last().is_some_and(same) {
            sizes.push(SizeBody {
                first: place + 1,
                width: page.width,
                height: page.height,
            });
        }
    }
    sizes
}

/// The lines of a page.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "PageLines")]
pub(super) struct LinesBody {
    /// The reading they are of.
    #[schemars(with = "Uuid")]
    version_id: VersionId,
    /// The page, counted from 1.
    page: u32,
    /// Its width in points.
    width: f32,
    /// Its height in points.
    height: f32,
    /// Its lines, in reading order.
    items: Vec<LineBody>,
    /// Whether it has more lines than are told.
    cut: bool,
}

/// A line of a page.
#[derive(Debug, Serialize, JsonSchema)]
#[schemars(rename = "Line")]
struct LineBody {
    /// Which bytes of the stored text it is.
    span: SpanBody,
    /// Its text, as it is stored.
    text: String,
    /// Where it stands.
    rectangle: RectangleBody,
    /// For each character of the text, how far its right (for right-to-left text: left) edge stands
    /// from the line's left edge, in sixteenths of a point; empty where only the rectangle is known.
    edges: Vec<u16>,
}

impl From<PageLine> for LineBody {
    fn from(PageLine { line, text }: PageLine) -> Self {
        Self {
            span: line.span.into(),
            text,
            rectangle: RectangleBody::from(PageRect {
                page: line.page,
                rect: line.rect,
            }),
            edges: line.edges,
        }
    }
}

impl LinesBody {
    fn new(page: u32, found: PageLines) -> Self {
        Self {
            version_id: found.version,
            page,
            width: found.size.width,
            height: found.size.height,
            items: found.lines.into_iter().map(LineBody::from).collect(),
            cut: found.is_cut,
        }
    }
}

pub(super) async fn pages(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<Which>,
) -> Result<Json<PagesBody>, Problem> {
    let found = app.library.page_sizes(&principal, which.document).await?;
    Ok(Json(found.into()))
}

pub(super) async fn lines(
    State(app): State<Shared>,
    Asker(principal): Asker,
    Segments(which): Segments<WhichPage>,
) -> Result<Json<LinesBody>, Problem> {
    let found = app
        .library
        .page_lines(&principal, which.document, which.page)
        .await?;
    Ok(Json(LinesBody::new(which.page, found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_size_is_told_where_it_begins() {
        let page = |width: f32| PageSize {
            width,
            height: 800.0,
            needs_recognition: false,
        };
        let pages = [page(600.0), page(600.0), page(500.0), page(600.0)];
        let firsts: Vec<(usize, f32)> = runs(&pages)
            .iter()
            .map(|size| (size.first, size.width))
            .collect();
        assert_eq!(firsts, [(1, 600.0), (3, 500.0), (4, 600.0)]);
        assert_eq!(runs(&[]), []);
    }
}
