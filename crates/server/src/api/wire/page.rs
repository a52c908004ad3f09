//! Lists, page by page.

use alexandria_library::{PAGE_ITEMS_MAX, Page};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Items on a page unless the caller says otherwise.
pub(crate) const PAGE_ITEMS_DEFAULT: u32 = 50;

/// A page of a list.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Page_of_{T}")]
pub(crate) struct PageBody<T> {
    /// What the list holds, in its order.
    pub(crate) items: Vec<T>,
    /// What to give as `cursor` for the next page; absent on the last.
    pub(crate) next: Option<String>,
}

impl<S, T: From<S>> From<Page<S>> for PageBody<T> {
    fn from(page: Page<S>) -> Self {
        Self {
            items: page.items.into_iter().map(T::from).collect(),
            next: page.next,
        }
    }
}

/// Which page of a list that takes nothing else.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PageParameters {
    /// Where the page before ended, from its `next`.
    #[schemars(length(min = 1))]
    pub(crate) cursor: Option<String>,
    /// Items on the page, 200 at most; 50 unless given.
    #[schemars(range(min = 1, max = PAGE_ITEMS_MAX))]
    limit: Option<u32>,
}

impl PageParameters {
    /// Items on the page.
    pub(crate) fn limit(&self) -> u32 {
        self.limit.unwrap_or(PAGE_ITEMS_DEFAULT)
    }
}
