//! Places in texts and on pages as they cross the wire.

use alexandria_core::block::{PageRect, Place, Rect, Span};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A range of bytes of the stored text, end exclusive.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Span")]
pub(crate) struct SpanBody {
    /// The first byte.
    pub(crate) start: u64,
    /// One past the last byte.
    pub(crate) end: u64,
}

impl From<Span> for SpanBody {
    fn from(Span { start, end }: Span) -> Self {
        Self { start, end }
    }
}

/// A rectangle on a page, in points (1/72 inch) from the page's top left.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Rectangle")]
pub(crate) struct RectangleBody {
    /// The page, counted from 1.
    pub(crate) page: u32,
    /// The left edge.
    pub(crate) x0: f32,
    /// The upper edge.
    pub(crate) y0: f32,
    /// The right edge.
    pub(crate) x1: f32,
    /// The lower edge.
    pub(crate) y1: f32,
}

impl From<PageRect> for RectangleBody {
    fn from(PageRect { page, rect }: PageRect) -> Self {
        let Rect { x0, y0, x1, y1 } = rect;
        Self {
            page,
            x0,
            y0,
            x1,
            y1,
        }
    }
}

/// Where something stands.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Place")]
pub(crate) struct PlaceBody {
    /// The page it begins on, counted from 1, for formats that have pages.
    pub(crate) page: Option<u32>,
    /// The headings above it, outermost first.
    pub(crate) section: Vec<String>,
    /// Where on its pages, in reading order.
    pub(crate) rectangles: Vec<RectangleBody>,
    /// The chapter, sheet or attachment, for formats without pages.
    pub(crate) part: Option<String>,
    /// The paragraph or row in it, counted from 1.
    pub(crate) item: Option<u32>,
    /// The bytes of the document's stored text.
    pub(crate) span: SpanBody,
}

impl From<Place> for PlaceBody {
    fn from(place: Place) -> Self {
        Self {
            page: place.page,
            section: place.section,
            rectangles: place
                .rectangles
                .into_iter()
                .map(RectangleBody::from)
                .collect(),
            part: place.part,
            item: place.item,
            span: place.span.into(),
        }
    }
}
