//! What has come out of an experiment, for people.

use super::super::Setting;
use super::super::feedback::word;
use super::super::paint::{BAD, FAINT, GOOD, STRONG, WARN, clean, paint, table, wrap};
use crate::api::wire::{
    ExperimentReportBody, ExperimentStateBody, GuardKindBody, IntervalBody, MetricBody,
    MetricReportBody, VerdictKindBody,
};

/// Shows an experiment.
pub(super) fn show(setting: &Setting, found: &ExperimentReportBody) {
    let painter = setting.painter;
    let (experiment, report) = (&found.experiment, &found.report);
    painter.say(paint(STRONG, clean(&experiment.name)));
    if !experiment.hypothesis.is_empty() {
        painter.say(wrap(&experiment.hypothesis, ""));
    }
    let share = experiment.share;
    let state = word(experiment.state);
    painter.say(paint(FAINT, format!("{state}, {share} % of the traffic")));
    if let Some(why) = &experiment.stopped_why {
        painter.say(paint(WARN, clean(why)));
    }
    if experiment.state == ExperimentStateBody::Draft {
        return;
    }
    let mut rows = Vec::new();
    for variant in &report.variants {
        for metric in &variant.metrics {
            rows.push(row(&clean(&variant.name), metric));
        }
    }
    rows.sort_by(|a, b| a.first().cmp(&b.first()));
    let headings = [
        "METRIC",
        "VARIANT",
        "N",
        "VALUE",
        "95 % INTERVAL",
        "DIFFERENCE",
        "P",
    ];
    painter.say(format!("\n{}", table(&headings, &rows)));
    for variant in &report.variants {
        for guard in &variant.guardrails {
            let (style, how) = match guard.state {
                GuardKindBody::TooFew => (FAINT, "too few observations yet"),
                GuardKindBody::Holds => (GOOD, "holds"),
                GuardKindBody::Breached => (BAD, "breached"),
            };
            let metric = word(guard.guardrail.metric);
            let line = format!("guardrail {metric} of {}: {how}", clean(&variant.name));
            painter.say(paint(style, line));
        }
    }
    if let Some(probability) = report.imbalance_probability {
        let line = format!("division among the variants: p = {probability:.3}");
        painter.say(paint(FAINT, line));
    }
    for verdict in &report.verdicts {
        painter.say(paint(STRONG, wrap(verdict, "")));
    }
    for variant in &report.variants {
        if variant.verdict == Some(VerdictKindBody::Better) {
            for line in &variant.to_keep {
                painter.say(format!("  to keep {}: {line}", clean(&variant.name)));
            }
        }
    }
    for warning in &report.warnings {
        painter.say(paint(WARN, wrap(&format!("note: {warning}"), "")));
    }
}

fn row(name: &str, report: &MetricReportBody) -> Vec<String> {
    let metric = report.metric;
    let ends = |interval: &IntervalBody| {
        format!(
            "{} to {}",
            say(metric, interval.low),
            say(metric, interval.high)
        )
    };
    let difference = report.difference.map(|difference| {
        let within = difference.interval.as_ref().map(ends);
        let within = within.map(|within| format!(" ({within})"));
        say(metric, difference.value) + &within.unwrap_or_default()
    });
    let probability = report
        .difference
        .and_then(|difference| difference.probability);
    vec![
        word(metric),
        name.to_owned(),
        report.observations.to_string(),
        say(metric, report.value),
        report.interval.as_ref().map(ends).unwrap_or_default(),
        difference.unwrap_or_default(),
        probability.map(|p| format!("{p:.3}")).unwrap_or_default(),
    ]
}

/// A value of a metric as people read it.
fn say(metric: MetricBody, value: f64) -> String {
    match metric {
        MetricBody::Latency | MetricBody::LatencyP95 => format!("{value:.1} ms"),
        MetricBody::Cost => format!("${value:.6}"),
        MetricBody::ThumbsUpRate
        | MetricBody::ThumbsDownRate
        | MetricBody::AnsweredRate
        | MetricBody::ErrorRate
        | MetricBody::SupportRate => format!("{:.1} %", 100.0 * value),
    }
}
