//! What a reader shows of a document: its text in blocks, its outline, its pages with their lines, and
//! where words stand in it. Every piece of text comes with its bytes of the stored text, so that what an
//! answer quotes can be marked exactly.

mod blocks;
mod find;
mod pages;

use aide::axum::ApiRouter;
use aide::axum::routing::get_with;

use super::Shared;

pub(super) fn routes() -> ApiRouter<Shared> {
    ApiRouter::new()
        .api_route(
            "/api/v1/documents/{document}/blocks",
            get_with(blocks::blocks, |operation| {
                operation
                    .id("documents_blocks")
                    .tag("documents")
                    .summary("Read the stored text block by block")
                    .description(
                        "Headings, paragraphs, tables and the like, in reading order, each with its \
                         bytes of the stored text: from any byte on, or with `end` alone those that \
                         stand right before it. A long block comes in several parts, which say which \
                         bytes the `whole` has.",
                    )
            }),
        )
        .api_route(
            "/api/v1/documents/{document}/outline",
            get_with(blocks::outline, |operation| {
                operation
                    .id("documents_outline")
                    .tag("documents")
                    .summary("Get the parts and headings of a document")
            }),
        )
        .api_route(
            "/api/v1/documents/{document}/pages",
            get_with(pages::pages, |operation| {
                operation
                    .id("documents_pages")
                    .tag("documents")
                    .summary("Get the sizes of the pages")
            }),
        )
        .api_route(
            "/api/v1/documents/{document}/pages/{page}/lines",
            get_with(pages::lines, |operation| {
                operation
                    .id("documents_lines")
                    .tag("documents")
                    .summary("Get the lines of a page")
                    .description(
                        "Where each line stands on the page and in the stored text, so that text that \
                         can be selected is laid over the page's picture. Of a scan these are the \
                         lines that were recognised.",
                    )
            }),
        )
        .api_route(
            "/api/v1/documents/{document}/find",
            get_with(find::find, |operation| {
                operation
                    .id("documents_find")
                    .tag("documents")
                    .summary("Find words in a document")
                    .description(
                        "Every place where the query stands in the stored text, in reading order. \
                         Case, accents, ligatures, and the forms of quotation marks and dashes do not \
                         count. A call that has looked through much text may give fewer places than \
                         asked for, or none, and still a `next` to go on with.",
                    )
            }),
        )
}
