//! `OpenDocument` texts: headings, lists, tables and notes; deleted text and tables of contents are
//! left out.

mod body;

use crate::failure::{Failure, Result};
use crate::flow::Flow;
use crate::limits::Limits;
use crate::relations::properties;
use crate::xml::decode;
use crate::zip::Archive;
use crate::{Format, Sink, Source};

/// `OpenDocument` text.
pub(crate) const FORMAT: Format = Format {
    name: "odt",
    media_types: &["application/vnd.oasis.opendocument.text"],
    extensions: &["odt", "ott", "odm"],
    paged: false,
    parse,
};

fn parse(source: &Source, limits: &Limits, sink: &mut dyn Sink) -> Result<()> {
    let mut archive = Archive::open(source.bytes(), limits)?;
    let manifest = archive.read("META-INF/manifest.xml")?.unwrap_or_default();
    if decode(&manifest).contains("encryption-data") {
        return Err(Failure::encrypted(
            "this file needs a password; open it, save it without a password and add that",
        ));
    }
    let mut flow = Flow::new(sink);
    flow.about(properties(&mut archive, "meta.xml", limits)?);
    let bytes = archive.require("content.xml")?;
    body::write(&decode(&bytes), limits, &mut flow)
}
