//! The invariants of ARCHITECTURE.md that can be read off the sources, checked on every run.

#![expect(
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test fails by panicking, and says where"
)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn sources(crate_name: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("crates").join(crate_name).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a crate has a src folder") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("a readable source file");
                found.push((path, text));
            }
        }
    }
    assert!(!found.is_empty(), "no sources of {crate_name}");
    found
}

fn dependencies(crate_name: &str) -> BTreeSet<String> {
    let manifest = root().join("crates").join(crate_name).join("Cargo.toml");
    let text = std::fs::read_to_string(manifest).expect("a crate has a manifest");
    let manifest: toml::Table = text.parse().expect("a manifest is TOML");
    manifest["dependencies"]
        .as_table()
        .expect("a table")
        .keys()
        .cloned()
        .collect()
}

#[test]
fn crates_use_only_what_the_architecture_allows() {
    let check = |crate_name: &str, allowed: &[&str]| {
        let ours: Vec<String> = dependencies(crate_name)
            .into_iter()
            .filter(|name| name.starts_with("alexandria-"))
            .collect();
        for name in &ours {
            let short = name.trim_start_matches("alexandria-");
            assert!(
                allowed.contains(&short),
                "{crate_name} must not use {short}"
            );
        }
    };
    check("core", &[]);
    check("extract", &["core"]);
    check("store", &["core"]);
    check("models", &["core"]);
    check("library", &["core", "extract", "store", "models"]);
}

#[test]
fn what_computes_neither_waits_nor_touches_the_machine() {
    let forbidden = [
        "tokio",
        "async-trait",
        "futures",
        "reqwest",
        "axum",
        "fs-err",
        "hyper",
    ];
    for crate_name in ["core", "extract"] {
        let used = dependencies(crate_name);
        for name in forbidden {
            assert!(
                !used.contains(name),
                "{crate_name} must not depend on {name}"
            );
        }
        for (path, text) in sources(crate_name) {
            for word in [
                "async fn",
                "std::fs",
                "std::net",
                "std::env::var",
                "SystemTime",
            ] {
                assert!(
                    !text.contains(word),
                    "{} must not say {word}",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn only_the_server_knows_http_and_the_environment() {
    for crate_name in ["core", "extract", "store", "models", "library"] {
        let used = dependencies(crate_name);
        for name in ["axum", "tower-http", "utoipa", "http", "clap"] {
            assert!(
                !used.contains(name),
                "{crate_name} must not depend on {name}"
            );
        }
    }
}

/// The public functions of `Library` as (file, name, parameters, body up to its first statement's end).
fn library_functions() -> Vec<(PathBuf, String, String, String)> {
    let mut found = Vec::new();
    for (path, text) in sources("library") {
        let mut rest = text.as_str();
        while let Some(start) = rest.find("impl Library {") {
            let block = &rest[start..];
            let end = block.find("\n}").unwrap_or(block.len());
            for piece in block[..end].split("\n    pub ").skip(1) {
                let piece = piece
                    .trim_start_matches("async ")
                    .trim_start_matches("const ");
                let Some(signature) = piece.strip_prefix("fn ") else {
                    continue;
                };
                let Some((head, body)) = signature.split_once("{\n") else {
                    continue;
                };
                let Some((name, parameters)) = head.split_once('(') else {
                    continue;
                };
                let first = body.split_inclusive(';').next().unwrap_or_default();
                found.push((
                    path.clone(),
                    name.to_owned(),
                    parameters.to_owned(),
                    first.to_owned(),
                ));
            }
            rest = &block[end..];
        }
    }
    found
}

/// What concerns the process and no tenant's data; what authentication asks before it is known who
/// asks; what writes down what every principal did, whatever they may; and the stream of an answer, which owns its
/// principal and asks it in its task.
const EXEMPT: [&str; 12] = [
    "open",
    "close",
    "settings",
    "catalog",
    "limits",
    "is_working",
    "health",
    "run_workers",
    "ask_stream",
    "authentication",
    "recorder",
    "security",
];

#[test]
fn every_call_of_the_library_says_who_asks_and_asks_what_they_may() {
    let functions = library_functions();
    assert!(
        functions.len() > 15,
        "the sources no longer look as this test expects"
    );
    for (path, name, parameters, first) in functions {
        if EXEMPT.contains(&name.as_str()) {
            continue;
        }
        let place = format!("Library::{name} in {}", path.display());
        let after_self = parameters
            .split_once(',')
            .map(|(_, rest)| rest.trim_start());
        let asks = after_self.is_some_and(|rest| rest.starts_with("principal: &Principal"));
        assert!(asks, "{place} must take `principal: &Principal` first");
        // What is a person's own needs no scope, and is looked up by their id.
        let asked = [
            "principal.require(",
            "principal.require_any(",
            "own_id(principal)",
        ];
        assert!(
            asked.iter().any(|call| first.contains(call)),
            "{place} must require a scope first"
        );
    }
}

/// What of the catalog is of no tenant: the connections, what workers and indexes follow over all tenants
/// (each row names its own), what authentication asks before it is known who asks, and what ends what is
/// old by its age alone.
const OF_THE_INSTALLATION: &[&str] = &[
    // The connections.
    "close",
    "ping",
    "connections_active",
    "database_name",
    "database_bytes",
    "today",
    // Counts for measures, without names.
    "queue_depth",
    // What has passed its time.
    "prune_answers",
    "prune_conversations",
    "prune_requests",
    "prune_security_events",
    "tenants_audited_before",
    "tenants_with_retention",
    // What was erased lately, for every process to forget, and its traces in the file.
    "erased_since",
    "empty_log",
    "next_erasure",
    // Which tables there are.
    "tables_of_tenants",
    "ended_tenants",
    // What was done by principals that the entries name.
    "append_audit",
    // The generations of the indexes, which all tenants share.
    "ensure_generation",
    "generations",
    "generation",
    "live_generation",
    "name_generation",
    "switch_generation",
    // Who somebody is that shows a token.
    "identities",
    // Work that is claimed whosever it is, and done in its tenant's name.
    "claim",
    "heartbeat",
    "require_held",
    "complete",
    "fail",
    "hand_back",
    "put_off",
    "release_expired",
    "end_leases_of_others",
    // What indexes follow, by spaces that only a principal gives.
    "changes",
    "outbox_head",
    "outbox_pruned",
    "spaces",
    "changed_spaces",
    "published_versions",
    "version_entries",
    "version_points",
    "attributes",
];

#[test]
fn every_call_of_the_catalog_says_who_asks() {
    let mut seen = BTreeSet::new();
    let mut checked = 0;
    for (path, text) in sources("store") {
        if !path.display().to_string().contains("catalog") {
            continue;
        }
        for block in text.split("\nimpl Catalog {").skip(1) {
            let block = block.split("\n}\n").next().unwrap_or_default();
            for piece in block.split("\n    pub ").skip(1) {
                let piece = piece.trim_start_matches("async ");
                let Some(signature) = piece.trim_start_matches("const ").strip_prefix("fn ") else {
                    continue;
                };
                let Some((name, rest)) = signature.split_once(['(', '<']) else {
                    continue;
                };
                let parameters = rest.split(" -> ").next().unwrap_or_default();
                if !parameters.contains("self") {
                    continue;
                }
                checked += 1;
                let asks = parameters.contains(": &Principal");
                let exempt = OF_THE_INSTALLATION.contains(&name);
                assert!(
                    asks != exempt,
                    "Catalog::{name} in {} must take `&Principal`, or be named here, and not both",
                    path.display()
                );
                if exempt {
                    seen.insert(name.to_owned());
                }
            }
        }
    }
    assert!(
        checked > 150,
        "the sources no longer look as this test expects: {checked}"
    );
    let gone: Vec<_> = OF_THE_INSTALLATION
        .iter()
        .filter(|name| !seen.contains(**name))
        .collect();
    assert!(gone.is_empty(), "the catalog no longer has {gone:?}");
}

#[test]
fn models_are_opened_where_they_are_lent_from_and_where_nobody_has_said_anything() {
    let mut found = Vec::new();
    for crate_name in ["library", "server"] {
        for (path, text) in sources(crate_name) {
            let opens = ["embedder::open(", "generator::open("];
            let count: usize = opens.iter().map(|call| text.matches(call).count()).sum();
            if count > 0 {
                let file = path.strip_prefix(root().join("crates"));
                found.push(format!("{} {count}", file.unwrap_or(&path).display()));
            }
        }
    }
    found.sort_unstable();
    // The library's own go into `Models`, which lends them by the tenant's region; the others are told of
    // judged collections in a folder, which are of no tenant.
    assert_eq!(
        found,
        [
            "library/src/evaluate/checker.rs 1",
            "library/src/evaluate/engines.rs 1",
            "library/src/library.rs 2"
        ],
        "a model that is not lent by `Models` may be told what must stay in a region"
    );
}

#[test]
fn every_address_is_described_save_a_few() {
    let mut found = Vec::new();
    for (path, text) in sources("server") {
        let named = text.matches(".route(").count();
        if named > 0 {
            let file = path.strip_prefix(root().join("crates/server/src"));
            found.push(format!("{} {named}", file.unwrap_or(&path).display()));
        }
    }
    found.sort_unstable();
    // The description and its pages, a model whose name holds a slash, the pages and files of the web application, which are the same for
    // everybody, and the address whose tools describe themselves and are called by the tests of isolation as well.
    assert_eq!(
        found,
        [
            "api/description.rs 3",
            "api/openai/models.rs 1",
            "front.rs 6",
            "front/application.rs 2",
            "mcp/http.rs 1"
        ],
        "an address outside the description is called by no test of isolation"
    );
}
