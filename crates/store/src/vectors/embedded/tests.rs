//! The embedded store beside the plain list: rules, random histories, kills, damage.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use alexandria_core::error::ErrorKind;
use alexandria_core::filter::Filter;
use proptest::prelude::*;

use super::super::suite::{self, Model};
use super::*;

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    runtime.block_on(work)
}

fn fresh() -> (tempfile::TempDir, EmbeddedVectors) {
    let directory = tempfile::tempdir().unwrap();
    let store = EmbeddedVectors::open(directory.path()).unwrap();
    (directory, store)
}

fn space() -> Space {
    suite::space(1, 1, 1)
}

#[test]
fn the_embedded_store_keeps_the_rules() {
    let (_directory, store) = fresh();
    block_on(suite::rules(&store));
}

#[derive(Clone, Debug)]
enum Step {
    Apply(Vec<VectorChange>),
    Reopen,
    Kill { cut: u8 },
}

fn change() -> impl Strategy<Value = VectorChange> {
    let upsert = (0_u64..6, 0_u64..8, 0_u64..3_000, 0_u64..900).prop_map(
        |(document, version, start, count)| suite::upsert(document, version, start..start + count),
    );
    let describe = (0_u64..6, 0_u64..6).prop_map(|(document, like)| {
        let mut attributes = suite::attributes(like);
        attributes.document = suite::document(document);
        VectorChange::Describe(attributes)
    });
    prop_oneof![
        4 => upsert,
        2 => (0_u64..8).prop_map(|version| VectorChange::Remove(suite::version(version))),
        1 => describe,
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => prop::collection::vec(change(), 0..4).prop_map(Step::Apply),
        1 => Just(Step::Reopen),
        1 => any::<u8>().prop_map(|cut| Step::Kill { cut }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn any_history_answers_as_the_plain_list_does(
        steps in prop::collection::vec(step(), 1..12),
        filter in prop::sample::select(suite::filters()),
    ) {
        let (directory, mut store) = fresh();
        let mut model = Model::default();
        let mut position = 0;
        for step in steps {
            match step {
                Step::Apply(changes) => {
                    position += 1;
                    block_on(store.apply(space(), changes.clone(), position)).unwrap();
                    model.apply(&changes);
                }
                Step::Reopen => store = EmbeddedVectors::open(directory.path()).unwrap(),
                Step::Kill { cut } => store = killed(directory.path(), store, position, cut),
            }
            block_on(async {
                let known = store.position(space()).await.unwrap();
                assert_eq!(known.unwrap_or(0), position);
                model.compare(&store, space(), &filter).await;
            });
        }
    }
}

/// Makes a change and puts the directory into the state that a kill before the manifest leaves:
/// data written to some length, nothing acknowledged.
fn killed(root: &Path, store: EmbeddedVectors, position: u64, cut: u8) -> EmbeddedVectors {
    let directory = store.directory(space());
    let before = files(&directory);
    let changes = vec![
        suite::upsert(1, 50, 100..300),
        VectorChange::Remove(suite::version(1)),
        suite::upsert(2, 51, 5_000..7_500),
    ];
    block_on(store.apply(space(), changes, position + 1)).unwrap();
    drop(store);
    let mut after = files(&directory);
    after.remove("manifest");
    for (name, mut bytes) in after {
        let kept = before.get(&name).map_or(0, Vec::len);
        let grown = bytes.len().saturating_sub(kept);
        bytes.truncate(kept + grown * usize::from(cut) / 255);
        std::fs::write(directory.join(name), bytes).unwrap();
    }
    std::fs::remove_file(directory.join("manifest")).unwrap();
    for (name, bytes) in before {
        if name == "manifest" || !directory.join(&name).try_exists().unwrap() {
            std::fs::write(directory.join(name), bytes).unwrap();
        }
    }
    EmbeddedVectors::open(root).unwrap()
}

fn files(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = std::fs::read_dir(directory) else {
        return BTreeMap::new();
    };
    entries
        .map(|entry| {
            let path: PathBuf = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

#[test]
fn damage_anywhere_is_noticed_and_the_space_is_built_again() {
    let changes = vec![
        suite::upsert(1, 1, 0..2_500),
        VectorChange::Remove(suite::version(9)),
    ];
    let check = |file: &str, damage: &dyn Fn(&mut Vec<u8>)| {
        let (directory, store) = fresh();
        block_on(store.apply(space(), changes.clone(), 7)).unwrap();
        let path = store.directory(space()).join(file);
        drop(store);
        let mut bytes = std::fs::read(&path).unwrap();
        damage(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        let store = EmbeddedVectors::open(directory.path()).unwrap();
        let open = Filter::default();
        let query = suite::vector(5);
        let spaces = [space()];
        let search = || store.search(&spaces, &query, &open, 10_000, Effort::Exact);
        let found = block_on(search());
        assert_eq!(found.expect_err(file).kind(), ErrorKind::Corrupt, "{file}");
        assert_eq!(block_on(store.position(space())).unwrap(), None, "{file}");
        assert_eq!(block_on(search()).unwrap(), [], "{file}");
        block_on(store.apply(space(), changes.clone(), 7)).unwrap();
        let mut model = Model::default();
        model.apply(&changes);
        block_on(model.compare(&store, space(), &open));
    };
    for file in ["manifest", "journal.0", "codes.0", "records.0"] {
        check(file, &|bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0x10;
        });
        check(file, &|bytes| bytes.truncate(bytes.len() / 2));
        check(file, &|bytes| bytes.fill(0));
    }
}

#[test]
fn a_second_process_sees_what_the_first_has_written() {
    let (directory, writer) = fresh();
    let reader = EmbeddedVectors::open(directory.path()).unwrap();
    let mut model = Model::default();
    for n in 0..30 {
        let changes = vec![
            suite::upsert(n, n, n * 100..n * 100 + 150),
            VectorChange::Remove(suite::version(n.saturating_sub(2))),
        ];
        let store = if n % 3 == 0 { &reader } else { &writer };
        block_on(store.apply(space(), changes.clone(), n)).unwrap();
        model.apply(&changes);
        block_on(model.compare(&reader, space(), &Filter::default()));
        block_on(model.compare(&writer, space(), &Filter::default()));
    }
}

#[test]
fn only_so_many_spaces_stay_open() {
    let (_directory, mut store) = fresh();
    store.open_max = 10;
    let spaces = || (0..15).map(|n| suite::space(1, n, 1));
    for space in spaces() {
        block_on(store.apply(space, vec![suite::upsert(1, 1, 0..2)], 1)).unwrap();
    }
    assert_eq!(store.spaces.lock().unwrap().len(), 10);
    for space in spaces() {
        assert_eq!(block_on(store.count(space)).unwrap(), 2);
    }
}

#[test]
fn many_spaces_are_scanned_as_well_as_one() {
    let (_directory, store) = fresh();
    let whole = [suite::space(2, 1, 1)];
    let parts: Vec<_> = (0..60).map(|n| suite::space(3, n, 1)).collect();
    for (n, part) in (0..).zip(&parts) {
        let change = vec![suite::upsert(n, n, n * 100..n * 100 + 100)];
        block_on(store.apply(*part, change.clone(), 1)).unwrap();
        block_on(store.apply(whole[0], change, n + 1)).unwrap();
    }
    let (mut found, mut wanted) = (0, 0);
    for seed in 0..40 {
        let query = suite::vector(1_000_003 * (seed + 1));
        let search = |spaces, effort| {
            block_on(store.search(spaces, &query, &Filter::default(), 10, effort)).unwrap()
        };
        let exact = search(&whole, Effort::Exact);
        assert_eq!(search(&parts, Effort::Exact), exact);
        wanted += exact.len();
        let normal = search(&parts, Effort::Normal);
        found += exact.iter().filter(|hit| normal.contains(hit)).count();
    }
    assert!(found * 100 >= wanted * 80, "{found} of {wanted}");
}

#[test]
fn filtered_and_unfiltered_scans_find_nearly_all_of_the_nearest() {
    let (_directory, store) = fresh();
    let changes: Vec<VectorChange> = (0..60)
        .map(|n| suite::upsert(n, n, n * 100..n * 100 + 100))
        .collect();
    block_on(store.apply(space(), changes, 1)).unwrap();
    for filter in [
        Filter::default(),
        Filter {
            tags: vec!["odd".to_owned()],
            ..Filter::default()
        },
    ] {
        let (mut found, mut wanted) = (0, 0);
        for seed in 0..40 {
            let query = suite::vector(1_000_003 * (seed + 1));
            let search =
                |effort| block_on(store.search(&[space()], &query, &filter, 10, effort)).unwrap();
            let exact = search(Effort::Exact);
            let normal = search(Effort::Normal);
            wanted += exact.len();
            found += exact.iter().filter(|hit| normal.contains(hit)).count();
        }
        // Sixteen dimensions give codes of sixteen bits: the hardest case there is.
        assert!(
            found * 100 >= wanted * 80,
            "{found} of {wanted} for {filter:?}"
        );
    }
}
