//! Measures the embedded vector store: recall against the exact scan in single precision, CPU time
//! of a search, of taking points in and of opening, memory and disk.
//!
//! `cargo run --release -p alexandria-store --example vectors -- [POINTS] [ROWS_PER_DOCUMENT] [FILE]`
//!
//! The file holds vectors of 384 single-precision numbers, little-endian. Without one they have the
//! shape of sentence embeddings: a common mean, topics, and a spectrum of which 90 % of the variance
//! needs about 230 of 384 dimensions.

use alexandria_core::filter::{Attributes, Filter};
use alexandria_core::id::{ChunkId, CollectionId, DocumentId, GenerationId, VersionId};
use alexandria_core::principal::Principal;
use alexandria_core::space::Space;
use alexandria_store::vectors::embedded::EmbeddedVectors;
use alexandria_store::vectors::{Effort, Point, VectorChange, VectorStore};
use jiff::Timestamp;
use uuid::Uuid;

type AnyError = Box<dyn std::error::Error>;

const DIMENSIONS: usize = 384;
const TOPICS: usize = 2_000;
const QUERIES: usize = 200;
const BATCH_POINTS: usize = 500;

#[expect(clippy::print_stdout, reason = "a program that prints a table")]
#[tokio::main]
async fn main() -> Result<(), AnyError> {
    let mut arguments = std::env::args()
        .skip(1)
        .map(|argument| argument.parse::<usize>());
    let points = arguments.next().transpose()?.unwrap_or(100_000);
    let rows = arguments.next().transpose()?.unwrap_or(100);
    let directory = std::env::temp_dir().join(format!("alexandria-vectors-{}", std::process::id()));
    let mut source = Source::new(7);
    let (vectors, queries) = match std::env::args().nth(3) {
        Some(file) => apart(&fs_err::read(file)?, points),
        None => source.vectors(points),
    };
    let points = vectors.len();
    let space = Space::new(
        &Principal::owner(),
        CollectionId::from_uuid(Uuid::from_u128(1)),
        GenerationId::from_uuid(Uuid::from_u128(1)),
    );
    println!("{points} vectors of {DIMENSIONS}, {rows} to a document\n");
    fill(&directory, space, &vectors, rows).await?;
    let store = EmbeddedVectors::open(&directory)?;
    let spaces = [space];
    let (start, began) = (cpu_s(), wall_s());
    store.count(space).await?;
    println!(
        "open: {:.1} ms CPU, {:.1} ms",
        ms(cpu_s() - start),
        ms(wall_s() - began)
    );
    let judged = if points > 200_000 { 50 } else { 100 };
    let resident = ratio(store.resident_bytes(), points);
    println!(
        "in memory: {resident:.1} bytes a vector; on disk: {:.0} bytes\n",
        disk(&directory, points)?
    );
    println!("| search | recall@k of f32 | CPU ms |\n|---|---|---|");
    for (name, filter, share) in filters() {
        let passing = |n: usize| share.is_none_or(|share| (n / rows).is_multiple_of(share));
        for (limit, effort) in [
            (10, Effort::Normal),
            (100, Effort::Normal),
            (10, Effort::Exact),
        ] {
            let mut found = Vec::new();
            for query in queries.iter().take(5) {
                store.search(&spaces, query, &filter, limit, effort).await?;
            }
            let start = cpu_s();
            for query in &queries {
                found.push(store.search(&spaces, query, &filter, limit, effort).await?);
            }
            let each = ms(cpu_s() - start) / ratio(QUERIES, 1);
            let mut recall = 0.0;
            for (query, hits) in queries.iter().zip(&found).take(judged) {
                let truth = nearest(&vectors, query, limit, passing);
                let chunks = hits.iter().map(|hit| hit.chunk.as_uuid().as_u128());
                let right = chunks.filter(|chunk| truth.contains(chunk)).count();
                recall += ratio(right, truth.len().max(1));
            }
            println!(
                "| {name}, k = {limit}, {effort:?} | {:.4} | {each:.3} |",
                recall / ratio(judged, 1)
            );
        }
    }
    fs_err::remove_dir_all(&directory)?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "a program that prints a table")]
async fn fill(
    directory: &std::path::Path,
    space: Space,
    vectors: &[Vec<f32>],
    rows: usize,
) -> Result<(), AnyError> {
    let store = EmbeddedVectors::open(directory)?;
    let (start, began) = (cpu_s(), wall_s());
    for (batch, some) in (0..).zip(vectors.chunks(BATCH_POINTS)) {
        let first = batch * BATCH_POINTS;
        let points = (first..)
            .zip(some)
            .map(|(n, vector)| point(n, vector, rows));
        let mut changes: Vec<VectorChange> = Vec::new();
        for (document, point) in points {
            match changes.last_mut() {
                Some(VectorChange::Upsert(known, points)) if known.document == document => {
                    points.push(point);
                }
                _ => changes.push(VectorChange::Upsert(attributes(document), vec![point])),
            }
        }
        store.apply(space, changes, u64::try_from(batch)?).await?;
    }
    let (cpu, wall) = (cpu_s() - start, wall_s() - began);
    let count = ratio(vectors.len(), 1);
    println!(
        "take in, {BATCH_POINTS} at a time, durable: {:.0} a CPU second, {:.0} a second",
        count / cpu,
        count / wall
    );
    Ok(())
}

/// Reads vectors and takes some of them out, to ask with.
fn apart(bytes: &[u8], points: usize) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
    let number = |chunk: &[u8]| chunk.try_into().map_or(0.0, f32::from_le_bytes);
    let all = bytes.chunks_exact(4 * DIMENSIONS);
    let all: Vec<Vec<f32>> = all
        .map(|row| unit(row.chunks_exact(4).map(number).collect()))
        .collect();
    let every = (all.len() / QUERIES).max(2);
    let (queries, vectors): (Vec<_>, Vec<_>) = all
        .into_iter()
        .enumerate()
        .partition(|(n, _)| n % every == 0);
    let bare = |rows: Vec<(usize, Vec<f32>)>, limit| -> Vec<Vec<f32>> {
        rows.into_iter()
            .take(limit)
            .map(|(_, vector)| vector)
            .collect()
    };
    (bare(vectors, points), bare(queries, QUERIES))
}

fn point(n: usize, vector: &[f32], rows: usize) -> (DocumentId, Point) {
    let id = |number: usize| Uuid::from_u128(u128::try_from(number).unwrap_or(0));
    let point = Point {
        chunk: ChunkId::from_uuid(id(n)),
        version: VersionId::from_uuid(id(n / rows)),
        vector: vector.to_vec(),
    };
    (DocumentId::from_uuid(id(n / rows)), point)
}

fn attributes(document: DocumentId) -> Attributes {
    let number = document.as_uuid().as_u128();
    let tags = [2, 10, 100, 1_000]
        .iter()
        .filter(|share| number.is_multiple_of(**share));
    Attributes {
        document,
        tags: tags.map(|share| format!("every{share}")).collect(),
        language: "en".to_owned(),
        format: "pdf".to_owned(),
        added: Timestamp::UNIX_EPOCH,
    }
}

fn filters() -> Vec<(String, Filter, Option<usize>)> {
    let mut filters = vec![("all".to_owned(), Filter::default(), None)];
    for (name, share) in [("50 %", 2), ("10 %", 10), ("1 %", 100), ("0.1 %", 1_000)] {
        let filter = Filter {
            tags: vec![format!("every{share}")],
            ..Filter::default()
        };
        filters.push((name.to_owned(), filter, Some(share)));
    }
    filters
}

fn nearest(
    vectors: &[Vec<f32>],
    query: &[f32],
    limit: usize,
    passing: impl Fn(usize) -> bool,
) -> Vec<u128> {
    let rows = vectors.iter().enumerate().filter(|(n, _)| passing(*n));
    let mut all: Vec<(f32, usize)> = rows.map(|(n, vector)| (dot(query, vector), n)).collect();
    let last = limit.min(all.len()).saturating_sub(1);
    if last > 0 {
        all.select_nth_unstable_by(last, |a, b| b.0.total_cmp(&a.0));
    }
    all.into_iter()
        .take(limit)
        .map(|(_, n)| u128::try_from(n).unwrap_or(0))
        .collect()
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut lanes = [0.0_f32; 16];
    for (a, b) in a.chunks_exact(16).zip(b.chunks_exact(16)) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum()
}

/// A source of vectors that is the same every time.
struct Source {
    state: u64,
    mean: Vec<f32>,
    topics: Vec<Vec<f32>>,
}

impl Source {
    fn new(seed: u64) -> Self {
        let mut source = Self {
            state: seed,
            mean: Vec::new(),
            topics: Vec::new(),
        };
        source.mean = source.shaped(0.5);
        source.topics = (0..TOPICS).map(|_| source.shaped(1.0)).collect();
        source
    }

    fn vectors(&mut self, points: usize) -> (Vec<Vec<f32>>, Vec<Vec<f32>>) {
        let vectors: Vec<Vec<f32>> = (0..points).map(|_| self.vector()).collect();
        let queries = (0..QUERIES)
            .map(|n| self.near(vectors.get(n * 37 % points)))
            .collect();
        (vectors, queries)
    }

    fn vector(&mut self) -> Vec<f32> {
        let detail = self.shaped(0.8);
        let topic = usize::try_from(self.next() % 2_000).unwrap_or(0);
        let empty = Vec::new();
        let topic = self.topics.get(topic).unwrap_or(&empty);
        let parts = detail.iter().zip(topic).zip(&self.mean);
        unit(parts.map(|((a, b), c)| a + b + c).collect())
    }

    /// A question about a point: somewhat off it.
    fn near(&mut self, point: Option<&Vec<f32>>) -> Vec<f32> {
        let off = unit(self.shaped(1.0));
        let point = point.cloned().unwrap_or_default();
        unit(point.iter().zip(off).map(|(a, b)| a + 0.7 * b).collect())
    }

    fn shaped(&mut self, size: f32) -> Vec<f32> {
        let mut scale = 1.0_f32;
        let mut numbers = Vec::with_capacity(DIMENSIONS);
        for _ in 0..DIMENSIONS {
            numbers.push(size * scale * self.normal());
            scale *= 0.996;
        }
        numbers
    }

    fn normal(&mut self) -> f32 {
        let sum: f32 = (0..6).map(|_| self.uniform()).sum();
        (sum - 3.0) * std::f32::consts::SQRT_2
    }

    fn uniform(&mut self) -> f32 {
        let bits = u16::try_from(self.next() >> 48).unwrap_or(0);
        f32::from(bits) / 65_536.0
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.state;
        bits = (bits ^ bits >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ bits >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ bits >> 31
    }
}

fn unit(vector: Vec<f32>) -> Vec<f32> {
    let length = dot(&vector, &vector).sqrt();
    vector.into_iter().map(|number| number / length).collect()
}

fn disk(directory: &std::path::Path, points: usize) -> Result<f64, AnyError> {
    let (mut bytes, mut open) = (0, vec![directory.to_path_buf()]);
    while let Some(directory) = open.pop() {
        for entry in fs_err::read_dir(directory)? {
            let entry = entry?;
            match entry.metadata()? {
                metadata if metadata.is_dir() => open.push(entry.path()),
                metadata => bytes += metadata.len(),
            }
        }
    }
    Ok(ratio(usize::try_from(bytes)?, points))
}

#[expect(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole as f64
}

fn ms(seconds: f64) -> f64 {
    seconds * 1_000.0
}

fn cpu_s() -> f64 {
    seconds(rustix::time::ClockId::ProcessCPUTime)
}

fn wall_s() -> f64 {
    seconds(rustix::time::ClockId::Monotonic)
}

#[expect(clippy::cast_precision_loss, reason = "seconds since a start")]
fn seconds(clock: rustix::time::ClockId) -> f64 {
    let time = rustix::time::clock_gettime(clock);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1.0e9
}
