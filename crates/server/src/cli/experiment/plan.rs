//! What an experiment is made of, from flags or a file.

use std::path::{Path, PathBuf};

use alexandria_core::error::{Context as _, Error, ErrorKind, Result};
use clap::Args;
use serde_json::{Map, Value, json};

use crate::api::wire::NewExperimentBody;

/// The largest file that is read, in bytes.
const FILE_BYTES_MAX: u64 = 1024 * 1024;

/// The name of the control where variants come as flags.
const CONTROL: &str = "control";

/// Which metrics can decide.
const METRIC_HELP: &str = "The metric that decides: thumbs_up_rate, thumbs_down_rate, answered_rate, \
                           error_rate, support_rate, latency or cost";

/// Make an experiment; it does not run before it is started.
#[derive(Debug, Args)]
pub(super) struct Create {
    /// The experiment's name
    #[arg(value_name = "NAME", required_unless_present = "file")]
    name: Option<String>,
    /// A TOML or JSON file that holds everything
    #[arg(long, value_name = "FILE", conflicts_with_all = ["name", "metric", "variant"])]
    file: Option<PathBuf>,
    /// What you expect, and why
    #[arg(long, value_name = "TEXT", conflicts_with = "file")]
    hypothesis: Option<String>,
    /// The metric that decides
    #[arg(long, value_name = "METRIC", required_unless_present = "file", help = METRIC_HELP)]
    metric: Option<String>,
    /// The difference of it that matters
    #[arg(long, value_name = "NUMBER", conflicts_with = "file")]
    difference: Option<f64>,
    /// A variant beside the control: its name and what it changes; may come several times
    #[arg(
        long,
        value_name = "NAME: KEY=VALUE,…",
        required_unless_present = "file"
    )]
    variant: Vec<String>,
    /// A metric, how much worse it may be, and after how many observations; may come several times
    #[arg(long, value_name = "METRIC NUMBER [N]", conflicts_with = "file")]
    guardrail: Vec<String>,
    /// The share of traffic that takes part, in percent
    #[arg(long, value_name = "PERCENT", conflicts_with = "file")]
    share: Option<u8>,
    /// What always gets the same variant: actor or question
    #[arg(long, value_name = "UNIT", conflicts_with = "file")]
    unit: Option<String>,
}

impl Create {
    /// The experiment to be made.
    pub(super) fn body(&self) -> Result<NewExperimentBody> {
        if let Some(path) = &self.file {
            return read(path);
        }
        let mut variants = vec![json!({ "name": CONTROL })];
        for flag in &self.variant {
            variants.push(variant(flag)?);
        }
        let mut whole = Map::new();
        let mut put = |key: &str, value: Value| {
            if !value.is_null() {
                whole.insert(key.to_owned(), value);
            }
        };
        put("name", json!(self.name));
        put("hypothesis", json!(self.hypothesis));
        put("metric", json!(self.metric));
        put("difference", json!(self.difference));
        put("share", json!(self.share));
        put("unit", json!(self.unit));
        put("variants", Value::Array(variants));
        let guardrails = self.guardrail.iter().map(|flag| guardrail(flag));
        put("guardrails", guardrails.collect::<Result<_>>()?);
        serde_json::from_value(Value::Object(whole)).map_err(|source| {
            let sentence = format!("that is no experiment: {source}");
            Error::new(ErrorKind::Invalid, sentence)
        })
    }
}

/// Reads an experiment from a file.
fn read(path: &Path) -> Result<NewExperimentBody> {
    let about = || format!("cannot read the experiment {}", path.display());
    let size = fs_err::metadata(path).context(ErrorKind::NotFound, about)?;
    if size.len() > FILE_BYTES_MAX {
        let sentence = format!("{} is longer than {FILE_BYTES_MAX} bytes", path.display());
        return Err(Error::new(ErrorKind::TooLarge, sentence));
    }
    let text = fs_err::read_to_string(path).context(ErrorKind::Invalid, about)?;
    let is_json = path
        .extension()
        .is_some_and(|end| end.eq_ignore_ascii_case("json"));
    let read = if is_json {
        serde_json::from_str(&text).map_err(|source| source.to_string())
    } else {
        toml::from_str(&text).map_err(|source| source.to_string())
    };
    read.map_err(|why| Error::new(ErrorKind::Invalid, format!("{}: {why}", about())))
}

/// A variant from a flag: `name: key=value, key=value`.
fn variant(flag: &str) -> Result<Value> {
    let refused = || {
        let sentence = format!("{flag:?} is no variant: write \"NAME: KEY=VALUE, KEY=VALUE\"");
        Error::new(ErrorKind::Invalid, sentence)
    };
    let (name, changes) = flag.split_once(':').ok_or_else(refused)?;
    let mut changed = Map::new();
    for change in changes.split(',') {
        let (key, value) = change.split_once('=').ok_or_else(refused)?;
        let value = value.trim();
        let value = serde_json::from_str(value).unwrap_or_else(|_word| json!(value));
        changed.insert(key.trim().to_owned(), value);
    }
    Ok(json!({ "name": name.trim(), "changes": changed }))
}

/// A guardrail from a flag: `metric worse_by [observations]`.
fn guardrail(flag: &str) -> Result<Value> {
    let words: Vec<&str> = flag.split_whitespace().collect();
    let number = |word: &str| {
        serde_json::from_str::<Value>(word)
            .ok()
            .filter(Value::is_number)
    };
    let made = match words.as_slice() {
        [metric, by] => number(by).map(|by| json!({ "metric": metric, "worse_by": by })),
        [metric, by, after] => number(by).zip(number(after)).map(
            |(by, after)| json!({ "metric": metric, "worse_by": by, "observations_min": after }),
        ),
        _ => None,
    };
    made.ok_or_else(|| {
        let sentence = format!(
            "{flag:?} is no guardrail: write \"latency_p95 200\" or \"error_rate 0.02 100\""
        );
        Error::new(ErrorKind::Invalid, sentence)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(variant: &str, guardrail: &str) -> Create {
        Create {
            name: Some("more".to_owned()),
            file: None,
            hypothesis: None,
            metric: Some("answered_rate".to_owned()),
            difference: None,
            variant: vec![variant.to_owned()],
            guardrail: vec![guardrail.to_owned()],
            share: None,
            unit: Some("question".to_owned()),
        }
    }

    #[test]
    fn flags_make_the_same_as_a_file() {
        let flags = create(
            "twenty: passages=20, search_mode=text",
            "latency_p95 200 10",
        );
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("experiment.toml");
        let text = "name = \"more\"\nmetric = \"answered_rate\"\nunit = \"question\"\n\
            variants = [{ name = \"control\" }, { name = \"twenty\", changes = { passages = 20, \
            search_mode = \"text\" } }]\n\
            guardrails = [{ metric = \"latency_p95\", worse_by = 200, observations_min = 10 }]\n";
        fs_err::write(&path, text).unwrap();
        let same = |body: NewExperimentBody| serde_json::to_value(body).unwrap();
        assert_eq!(same(flags.body().unwrap()), same(read(&path).unwrap()));
    }

    #[test]
    fn what_is_no_experiment_is_refused_with_a_reason() {
        for (variant, guardrail, why) in [
            ("twenty", "latency 5", "write \"NAME: KEY=VALUE"),
            ("twenty: passages=20", "latency", "is no guardrail"),
            ("twenty: pages=20", "latency 5", "pages"),
            ("twenty: passages=20", "speed 5", "speed"),
        ] {
            let error = create(variant, guardrail).body().unwrap_err();
            assert!(error.message().contains(why), "{error}");
        }
    }
}
