//! What a month will cost, and what could be saved: each with the figure that it rests on.

mod savings;

use alexandria_core::access::Scope;
use alexandria_core::error::Result;
use alexandria_core::principal::Principal;
use alexandria_store::catalog::{Used, UsedOnDay};
use jiff::ToSpan as _;
use jiff::civil::Date;

pub use self::savings::Recommendation;
use crate::library::Library;
use crate::usage::dollars;

/// Whole days that a forecast looks back at most.
pub const FORECAST_DAYS_MAX: i64 = 28;

/// Whole days of use without which there is no forecast.
pub const FORECAST_DAYS_MIN: i64 = 7;

/// How many standard deviations of a normal distribution hold four of five cases.
const DEVIATIONS: f64 = 1.2816;

/// What the month will have cost at its end, in US dollars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// The likeliest.
    pub cost: f64,
    /// One in ten such months costs less.
    pub low: f64,
    /// One in ten such months costs more.
    pub high: f64,
    /// Whole days that were looked at.
    pub days: i64,
}

/// What is to be expected of a month.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// What it has cost so far, in millionths of a US dollar.
    pub spent_micros: u64,
    /// Whole days since the first use, up to [`FORECAST_DAYS_MAX`].
    pub days_known: i64,
    /// What it will have cost; none with fewer than [`FORECAST_DAYS_MIN`] days known.
    pub forecast: Option<Forecast>,
    /// The largest saving first.
    pub recommendations: Vec<Recommendation>,
}

impl Library {
    /// What the month will cost, and what could be saved.
    ///
    /// # Errors
    /// `Forbidden` without the scope to read usage; `Unavailable` when the catalog does not answer.
    pub async fn outlook(&self, principal: &Principal) -> Result<Outlook> {
        principal.require(Scope::Usage)?;
        let today = self.catalog.today();
        let since = today.checked_sub(FORECAST_DAYS_MAX.days());
        let month = today.first_of_month();
        let since = since.unwrap_or(Date::MIN).min(month);
        let days = self.catalog.usage_since(principal, since).await?;
        let spent_micros = self.catalog.spent_since(principal, month).await?;
        let costs = daily(&days, today);
        let today_micros = days.iter().filter(|one| one.day == today);
        let today_micros: u64 = today_micros.map(|one| one.used.cost_micros).sum();
        let left = i64::from(today.days_in_month() - today.day());
        let so_far = (dollars(spent_micros), dollars(today_micros));
        let forecast = forecast(&costs, so_far, left);
        let this_month = days.iter().filter(|one| one.day >= month);
        let this_month: Vec<&Used> = this_month.map(|one| &one.used).collect();
        let recommendations = self.savings(principal, &this_month, forecast).await?;
        Ok(Outlook {
            spent_micros,
            days_known: i64::try_from(costs.len()).unwrap_or(i64::MAX),
            forecast,
            recommendations,
        })
    }
}

/// What each whole day since the first use has cost, in US dollars, up to [`FORECAST_DAYS_MAX`] of them;
/// days without use cost nothing.
fn daily(days: &[UsedOnDay], today: Date) -> Vec<f64> {
    let first = days.iter().map(|one| one.day).min().unwrap_or(today);
    let earliest = today.checked_sub(FORECAST_DAYS_MAX.days());
    let mut day = first.max(earliest.unwrap_or(Date::MIN));
    let mut costs = Vec::new();
    while day < today {
        let of_day = days.iter().filter(|one| one.day == day);
        costs.push(of_day.map(|one| dollars(one.used.cost_micros)).sum());
        let Ok(next) = day.tomorrow() else { break };
        day = next;
    }
    costs
}

/// What a month costs of which this much is spent, `today` of it today, and `left` days follow today: the
/// mean of the days known for each of them, today at least what it has cost. The interval takes days to
/// be independent and their sum to be normally distributed, with the error of the mean.
fn forecast(costs: &[f64], (spent, today): (f64, f64), left: i64) -> Option<Forecast> {
    #[expect(clippy::cast_precision_loss, reason = "there are few days")]
    let (count, left) = (costs.len() as f64, left as f64);
    if i64::try_from(costs.len()).is_ok_and(|days| days < FORECAST_DAYS_MIN) {
        return None;
    }
    let mean = costs.iter().sum::<f64>() / count;
    let squares = costs.iter().map(|cost| (cost - mean).powi(2)).sum::<f64>();
    let deviation = (squares / (count - 1.0)).sqrt();
    let open = left + 1.0;
    let cost = spent - today + today.max(mean) + left * mean;
    let spread = DEVIATIONS * deviation * (open + open * open / count).sqrt();
    Some(Forecast {
        cost,
        low: (cost - spread).max(spent),
        high: cost + spread,
        days: i64::try_from(costs.len()).unwrap_or(i64::MAX),
    })
}

#[cfg(test)]
mod tests {
    use super::forecast;

    #[test]
    fn a_steady_month_goes_on_as_it_was() {
        let found = forecast(&[2.0; 10], (20.0, 0.0), 19).unwrap();
        assert_eq!((found.cost, found.low, found.high), (60.0, 60.0, 60.0));
        assert_eq!(found.days, 10);
    }

    #[test]
    fn an_uneven_month_has_an_interval_that_holds_what_is_spent() {
        let uneven = [0.0, 4.0, 0.0, 4.0, 0.0, 4.0, 0.0, 4.0];
        let found = forecast(&uneven, (16.0, 1.0), 9).unwrap();
        assert!(
            (found.cost - (16.0 - 1.0 + 2.0 + 18.0)).abs() < 1e-9,
            "{found:?}"
        );
        assert!(found.low >= 16.0 && found.low < found.cost && found.cost < found.high);
    }

    #[test]
    fn a_week_is_needed() {
        assert_eq!(forecast(&[1.0; 6], (6.0, 0.0), 10), None);
        assert!(forecast(&[1.0; 7], (7.0, 0.0), 10).is_some());
    }
}
