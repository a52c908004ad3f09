//! `alexandria list`: the documents, or the collections.

use alexandria_core::error::Result;
use clap::Args;

use super::door::{Door, Work};
use super::paint::{FAINT, bytes, counted, paint, screen, shorten, table};
use super::{Outcome, Setting};
use crate::api::wire::{CollectionBody, DocumentBody, PageBody};

/// Items asked for at once.
const PAGE_ITEMS: u32 = 200;

/// The width of a title, in characters.
const TITLE_CHARACTERS: usize = 44;

/// The width that a title keeps on the narrowest screen, in characters.
const TITLE_CHARACTERS_MIN: usize = 12;

/// The width of the longest state, in characters.
const STATE_CHARACTERS: usize = 10;

/// What stands between two columns, in characters.
const COLUMN_GAP: usize = 2;

/// What is told of a document.
const HEADINGS: [&str; 7] = [
    "TITLE",
    "COLLECTION",
    "FORMAT",
    "STATE",
    "PASSAGES",
    "SIZE",
    "ID",
];

/// What is told of a document on a narrow screen.
const HEADINGS_SHORT: [&str; 3] = ["TITLE", "STATE", "ID"];

/// What a newcomer may type.
const EXAMPLES: &str = "\
Examples:
  alexandria list
  alexandria list --state failed
  alexandria list --collections";

/// List the documents, or the collections.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct List {
    /// List the collections instead
    #[arg(long)]
    collections: bool,
    /// Only in this collection (name or id)
    #[arg(long, value_name = "NAME")]
    collection: Option<String>,
    /// Only so far read: queued, reading, searchable, ready or failed
    #[arg(long, value_name = "STATE")]
    state: Option<String>,
    /// Only with this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// Only in this format, such as pdf
    #[arg(long, value_name = "NAME")]
    format: Option<String>,
    /// Only in this language, such as de
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
    /// Only with these words in the title
    #[arg(long, value_name = "WORDS")]
    title: Option<String>,
    /// At most so many
    #[arg(long, short = 'n', value_name = "N", default_value_t = 1000)]
    limit: usize,
}

impl List {
    /// Lists.
    pub(super) async fn run(&self, setting: &Setting) -> Result<Outcome> {
        let door = Door::open(setting, Work::Look).await?;
        let listed = if self.collections {
            self.collections(setting, &door).await
        } else {
            self.documents(setting, &door).await
        };
        door.close().await;
        listed
    }

    async fn collections(&self, setting: &Setting, door: &Door) -> Result<Outcome> {
        let items: Vec<CollectionBody> =
            gather(door, "/api/v1/collections", &[], self.limit).await?;
        if setting.painter.is_json() {
            setting.painter.json(&items)?;
            return Ok(Outcome::Done);
        }
        let row = |collection: &CollectionBody| {
            vec![
                shorten(&collection.name, TITLE_CHARACTERS),
                shorten(&collection.description, TITLE_CHARACTERS),
                collection.id.to_string(),
            ]
        };
        let rows: Vec<_> = items.iter().map(row).collect();
        setting
            .painter
            .say(table(&["COLLECTION", "FOR", "ID"], &rows));
        Ok(Outcome::Done)
    }

    async fn documents(&self, setting: &Setting, door: &Door) -> Result<Outcome> {
        let query = [
            ("collection", self.collection.as_deref()),
            ("state", self.state.as_deref()),
            ("tag", self.tag.as_deref()),
            ("format", self.format.as_deref()),
            ("language", self.language.as_deref()),
            ("title", self.title.as_deref()),
        ];
        let items: Vec<DocumentBody> =
            gather(door, "/api/v1/documents", &query, self.limit).await?;
        if setting.painter.is_json() {
            setting.painter.json(&items)?;
            return Ok(Outcome::Done);
        }
        if items.is_empty() {
            setting
                .painter
                .say("There are no such documents. Add some: alexandria add FILE");
            return Ok(Outcome::Done);
        }
        let screen = screen();
        let whole: Vec<_> = items.iter().map(row).collect();
        let mut text = table(&HEADINGS, &whole);
        if text.lines().any(|line| shown(line) > screen) {
            let short: Vec<_> = items.iter().map(|item| short_row(item, screen)).collect();
            text = table(&HEADINGS_SHORT, &short);
        }
        setting.painter.say(text);
        setting.painter.say(paint(
            FAINT,
            counted(items.len() as u64, "document", "documents"),
        ));
        Ok(Outcome::Done)
    }
}

/// How many characters of a line are seen.
fn shown(line: &str) -> usize {
    anstream::adapter::strip_str(line)
        .to_string()
        .chars()
        .count()
}

/// A document on a narrow screen: what is needed to go on with it.
fn short_row(document: &DocumentBody, screen: usize) -> Vec<String> {
    let id = document.id.to_string();
    let rest = id.len() + STATE_CHARACTERS + 2 * COLUMN_GAP;
    let room = screen.saturating_sub(rest).max(TITLE_CHARACTERS_MIN);
    vec![
        shorten(&document.title, room.min(TITLE_CHARACTERS)),
        document.state.name().to_owned(),
        id,
    ]
}

fn row(document: &DocumentBody) -> Vec<String> {
    vec![
        shorten(&document.title, TITLE_CHARACTERS),
        shorten(&document.collection, 20),
        document.format.clone(),
        document.state.name().to_owned(),
        document.chunks.to_string(),
        bytes(document.bytes),
        document.id.to_string(),
    ]
}

/// Asks for page after page.
pub(super) async fn gather<T: serde::de::DeserializeOwned>(
    door: &Door,
    path: &str,
    query: &[(&str, Option<&str>)],
    limit: usize,
) -> Result<Vec<T>> {
    let mut items = Vec::new();
    let mut cursor: Option<String> = None;
    loop {
        let mut address = format!("{path}?limit={PAGE_ITEMS}");
        let given = query
            .iter()
            .filter_map(|(name, value)| Some((*name, (*value)?)));
        for (name, value) in given.chain(cursor.as_deref().map(|cursor| ("cursor", cursor))) {
            address.extend(["&", name, "=", &encode(value)]);
        }
        let page: PageBody<T> = door.get(&address).await?;
        items.extend(page.items);
        cursor = page.next;
        if items.len() >= limit || cursor.is_none() {
            items.truncate(limit);
            return Ok(items);
        }
    }
}

/// A value in the query of an address.
pub(crate) fn encode(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            text.push(char::from(byte));
        } else {
            text.extend(["%", &format!("{byte:02X}")]);
        }
    }
    text
}
