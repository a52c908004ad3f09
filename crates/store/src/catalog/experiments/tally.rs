//! What came out of an experiment, counted for each variant: of bounded size however many answers there
//! are.
//!
//! Only whole numbers are added up in the database, so that the sums are exact in any order and two
//! processes can write at the same time: thousandths of support, tenths of a millisecond, millionths of a
//! dollar. Thumbs are counted where they are kept, so that one that is taken back counts no more.

use alexandria_core::error::Result;
use alexandria_core::experiment::interval::{Sample, real};
use alexandria_core::experiment::{Tally, step_of};
use alexandria_core::id::ExperimentId;
use alexandria_core::principal::Principal;
use sea_orm::{ConnectionTrait, DbErr, Value};

use super::super::database::{execute, rows};
use super::super::row::to_u64;
use super::super::{Catalog, Doing, commit, tenant};

/// Different units that an experiment counts; of more, the division is judged by the first.
const UNITS_MAX: i64 = 100_000;

/// Parts of one in which support is added up.
const SUPPORT_PARTS: f64 = 1e3;

/// Parts of a millisecond in which latency is added up.
const LATENCY_PARTS: f64 = 10.0;

/// Parts of a dollar in which cost is added up.
const COST_PARTS: f64 = 1e6;

/// The longest latency, in milliseconds, and the highest cost, in millionths of a dollar, that are
/// added up: their squares must not fill the sums.
const LATENCY_MS_MAX: f64 = 3_600_000.0;
const COST_MICROS_MAX: i64 = 100_000_000;

/// How one question ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Which variant answered it.
    pub variant: u32,
    /// Who or what was assigned, as a digest.
    pub unit: [u8; 16],
    /// Whether it failed, or its answer had to do without a part.
    pub troubled: bool,
    /// Whether it was answered.
    pub answered: bool,
    /// The share of its sentences that are supported; none when it has none.
    pub support: Option<f64>,
    /// How long it took, in milliseconds; none when it failed.
    pub latency_ms: Option<f64>,
    /// What it cost, in millionths of a dollar.
    pub cost_micros: u64,
}

/// What came out for a variant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Standing {
    /// What is known of its answers.
    pub tally: Tally,
    /// How many different units were assigned to it.
    pub units: u64,
}

const COLUMNS: &str = "asked, troubled, answered, support_count, support_sum, support_squares, \
                       latency_count, latency_sum, latency_squares, cost_sum, cost_squares, units";

#[derive(Debug, sea_orm::FromQueryResult)]
struct TallyRow {
    asked: i64,
    troubled: i64,
    answered: i64,
    support_count: i64,
    support_sum: i64,
    support_squares: i64,
    latency_count: i64,
    latency_sum: i64,
    latency_squares: i64,
    cost_sum: i64,
    cost_squares: i64,
    units: i64,
}

#[derive(Debug, sea_orm::FromQueryResult)]
struct LatencyRow {
    variant: i64,
    step: i64,
    answers: i64,
}

#[derive(Debug, sea_orm::FromQueryResult)]
struct ThumbRow {
    variant: i64,
    thumb: String,
    answers: i64,
}

impl TallyRow {
    fn standing(&self) -> Result<Standing> {
        let sample = |count: i64, sum: i64, squares: i64, parts: f64| -> Result<Sample> {
            Ok(Sample {
                count: to_u64(count)?,
                sum: real(to_u64(sum)?) / parts,
                squares: real(to_u64(squares)?) / (parts * parts),
            })
        };
        let tally = Tally {
            asked: to_u64(self.asked)?,
            troubled: to_u64(self.troubled)?,
            answered: to_u64(self.answered)?,
            support: sample(
                self.support_count,
                self.support_sum,
                self.support_squares,
                SUPPORT_PARTS,
            )?,
            latency: sample(
                self.latency_count,
                self.latency_sum,
                self.latency_squares,
                LATENCY_PARTS,
            )?,
            cost: sample(
                self.latency_count,
                self.cost_sum,
                self.cost_squares,
                COST_PARTS,
            )?,
            ..Tally::default()
        };
        Ok(Standing {
            tally,
            units: to_u64(self.units)?,
        })
    }
}

/// Makes room for the figures of a variant.
pub(super) async fn begin<C: ConnectionTrait>(
    connection: &C,
    principal: &Principal,
    experiment: ExperimentId,
    variant: u32,
) -> Result<u64, DbErr> {
    let sql = format!(
        "INSERT INTO experiment_tallies (tenant_id, experiment_id, variant, {COLUMNS}) \
         VALUES ($1, $2, $3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)"
    );
    let values = vec![
        tenant(principal).into(),
        experiment.as_uuid().into(),
        i64::from(variant).into(),
    ];
    execute(connection, sql, values).await
}

impl Catalog {
    /// Counts how a question of an experiment ended.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be written.
    pub async fn record_outcome(
        &self,
        principal: &Principal,
        experiment: ExperimentId,
        outcome: &Outcome,
    ) -> Result<()> {
        let doing = || "cannot count the outcome of an experiment".to_owned();
        let tx = self.begin().await?;
        let key = |more: Value| -> Vec<Value> {
            vec![tenant(principal).into(), experiment.as_uuid().into(), more]
        };
        // The unit first: of two that come at once with the same unit, one waits here for the other.
        let sql = "INSERT INTO experiment_units (tenant_id, experiment_id, unit) \
                   SELECT $1, $2, $3 WHERE (SELECT sum(units) FROM experiment_tallies \
                   WHERE tenant_id = $1 AND experiment_id = $2) < $4 ON CONFLICT DO NOTHING";
        let mut values = key(outcome.unit.to_vec().into());
        values.push(UNITS_MAX.into());
        let units = execute(&tx, sql, values).await.doing(doing)?;
        let variant = i64::from(outcome.variant);
        let sql = "UPDATE experiment_tallies SET asked = asked + 1, troubled = troubled + $4, \
                   answered = answered + $5, support_count = support_count + $6, \
                   support_sum = support_sum + $7, support_squares = support_squares + $8, \
                   latency_count = latency_count + $9, latency_sum = latency_sum + $10, \
                   latency_squares = latency_squares + $11, cost_sum = cost_sum + $12, \
                   cost_squares = cost_squares + $13, units = units + $14 \
                   WHERE tenant_id = $1 AND experiment_id = $2 AND variant = $3";
        let support = parts(
            outcome.support.map(|share| share.clamp(0.0, 1.0)),
            SUPPORT_PARTS,
        );
        let took = outcome.latency_ms.map(|ms| ms.clamp(0.0, LATENCY_MS_MAX));
        let latency = parts(took, LATENCY_PARTS);
        let cost = i64::try_from(outcome.cost_micros)
            .unwrap_or(i64::MAX)
            .min(COST_MICROS_MAX);
        let cost = if took.is_some() { cost } else { 0 };
        let mut values = key(variant.into());
        values.extend([
            i64::from(outcome.troubled).into(),
            i64::from(outcome.answered).into(),
            i64::from(support.is_some()).into(),
            support.unwrap_or_default().into(),
            support.map_or(0, |sum| sum * sum).into(),
            i64::from(latency.is_some()).into(),
            latency.unwrap_or_default().into(),
            latency.map_or(0, |sum| sum * sum).into(),
            cost.into(),
            (cost * cost).into(),
            i64::try_from(units).unwrap_or_default().into(),
        ]);
        execute(&tx, sql, values).await.doing(doing)?;
        if let Some(ms) = took {
            let sql = "INSERT INTO experiment_latencies (tenant_id, experiment_id, variant, step, answers) \
                       VALUES ($1, $2, $3, $4, 1) ON CONFLICT (experiment_id, variant, step) \
                       DO UPDATE SET answers = experiment_latencies.answers + 1";
            let mut values = key(variant.into());
            values.push(i64::try_from(step_of(ms)).unwrap_or_default().into());
            execute(&tx, sql, values).await.doing(doing)?;
        }
        commit(tx, "the outcome of an experiment").await
    }

    /// What came out of an experiment for each of its variants, in their order.
    ///
    /// # Errors
    /// `Unavailable` when the database cannot be read.
    pub async fn standings(
        &self,
        principal: &Principal,
        experiment: ExperimentId,
    ) -> Result<Vec<Standing>> {
        let doing = || format!("cannot read the figures of the experiment {experiment}");
        let key = || vec![tenant(principal).into(), experiment.as_uuid().into()];
        let read = self.database.read();
        let sql = format!(
            "SELECT {COLUMNS} FROM experiment_tallies WHERE tenant_id = $1 AND experiment_id = $2 \
             ORDER BY variant"
        );
        let found = rows::<TallyRow, _>(read, sql, key()).await.doing(doing)?;
        let standings = found.iter().map(TallyRow::standing);
        let mut standings = standings.collect::<Result<Vec<_>>>()?;
        let sql = "SELECT variant, step, answers FROM experiment_latencies \
                   WHERE tenant_id = $1 AND experiment_id = $2";
        for found in rows::<LatencyRow, _>(read, sql, key()).await.doing(doing)? {
            let step = usize::try_from(found.step).unwrap_or(usize::MAX);
            if let Some(standing) = at(&mut standings, found.variant) {
                standing.tally.latencies.add(step, to_u64(found.answers)?);
            }
        }
        let sql = "SELECT variant, thumb, count(*) AS answers FROM feedback \
                   WHERE tenant_id = $1 AND experiment_id = $2 GROUP BY variant, thumb";
        for found in rows::<ThumbRow, _>(read, sql, key()).await.doing(doing)? {
            if let Some(standing) = at(&mut standings, found.variant) {
                let answers = to_u64(found.answers)?;
                match found.thumb.as_str() {
                    "up" => standing.tally.ups = answers,
                    _ => standing.tally.downs = answers,
                }
            }
        }
        Ok(standings)
    }
}

fn at(standings: &mut [Standing], variant: i64) -> Option<&mut Standing> {
    standings.get_mut(usize::try_from(variant).ok()?)
}

/// An amount in whole parts.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the largest amount has been set above"
)]
fn parts(amount: Option<f64>, parts: f64) -> Option<i64> {
    amount.map(|amount| (amount * parts).round() as i64)
}
