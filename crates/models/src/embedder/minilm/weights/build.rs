//! Published weights into the image that the kernels read.

use std::ops::Range;

use alexandria_core::error::Result;

use super::super::kernel::float::STEP;
use super::super::kernel::integer::place;
use super::super::safetensors::Safetensors;
use super::{HEAD, HIDDEN, INNER, MatrixPlan, NormPlan, PIECES, POSITIONS, Plan};

/// Positions in the published table, of which the first [`POSITIONS`] are kept.
const POSITIONS_PUBLISHED: usize = 512;
/// Kinds of token in the published table, of which the first is the only one that occurs here.
const KINDS_PUBLISHED: usize = 2;
/// The largest weight in bytes; -128 is left out so that the range is the same on both sides.
const WEIGHT_MAX: f32 = 127.0;

/// Builds an image, the header left empty.
pub(super) fn build(source: &Safetensors, plan: &Plan) -> Result<Vec<u64>> {
    let mut image = Builder {
        source,
        words: vec![0; plan.length / size_of::<u64>()],
    };
    let words = source.numbers("embeddings.word_embeddings.weight", &[PIECES, HIDDEN])?;
    if plan.words.scales.is_empty() {
        image.floats(&plan.words.numbers).copy_from_slice(&words);
    } else {
        let (bytes, scales) = quantise(&words, HIDDEN);
        image
            .section(&plan.words.numbers)
            .copy_from_slice(bytemuck::cast_slice(&bytes));
        image.floats(&plan.words.scales).copy_from_slice(&scales);
    }
    image.positions(&plan.positions)?;
    image.norm("embeddings.LayerNorm", &plan.input_norm)?;
    for (index, layer) in plan.layers.iter().enumerate() {
        let name = |part: &str| format!("encoder.layer.{index}.{part}");
        image.attention(&name("attention.self"), &layer.attention)?;
        image.matrix(&name("attention.output.dense"), &layer.joined)?;
        image.norm(&name("attention.output.LayerNorm"), &layer.joined_norm)?;
        image.matrix(&name("intermediate.dense"), &layer.widened)?;
        image.matrix(&name("output.dense"), &layer.narrowed)?;
        image.norm(&name("output.LayerNorm"), &layer.narrowed_norm)?;
    }
    Ok(image.words)
}

struct Builder<'a> {
    source: &'a Safetensors,
    words: Vec<u64>,
}

impl Builder<'_> {
    fn section(&mut self, range: &Range<usize>) -> &mut [u8] {
        let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut self.words);
        bytes
            .get_mut(range.clone())
            .expect("the plan's ranges lie inside the image")
    }

    fn floats(&mut self, range: &Range<usize>) -> &mut [f32] {
        bytemuck::cast_slice_mut(self.section(range))
    }

    /// Positions, with the one kind of token added to them.
    fn positions(&mut self, range: &Range<usize>) -> Result<()> {
        let positions = self.source.numbers(
            "embeddings.position_embeddings.weight",
            &[POSITIONS_PUBLISHED, HIDDEN],
        )?;
        let kinds = self.source.numbers(
            "embeddings.token_type_embeddings.weight",
            &[KINDS_PUBLISHED, HIDDEN],
        )?;
        let out = self.floats(range).chunks_exact_mut(HIDDEN);
        for (out, position) in out.zip(positions.chunks_exact(HIDDEN)).take(POSITIONS) {
            for ((out, position), kind) in out.iter_mut().zip(position).zip(&kinds) {
                *out = position + kind;
            }
        }
        Ok(())
    }

    fn norm(&mut self, name: &str, plan: &NormPlan) -> Result<()> {
        let gain = self.source.numbers(&format!("{name}.weight"), &[HIDDEN])?;
        let bias = self.source.numbers(&format!("{name}.bias"), &[HIDDEN])?;
        self.floats(&plan.gain).copy_from_slice(&gain);
        self.floats(&plan.bias).copy_from_slice(&bias);
        Ok(())
    }

    /// Query, key and value side by side; the query is divided by the root of the head's width here
    /// once, instead of every score later.
    fn attention(&mut self, name: &str, plan: &MatrixPlan) -> Result<()> {
        #[expect(clippy::cast_precision_loss, reason = "the width of a head is small")]
        let share = 1.0 / (HEAD as f32).sqrt();
        let (mut weights, mut bias) = (Vec::new(), Vec::new());
        for (part, factor) in [("query", share), ("key", 1.0), ("value", 1.0)] {
            let shape = [HIDDEN, HIDDEN];
            let numbers = self
                .source
                .numbers(&format!("{name}.{part}.weight"), &shape)?;
            weights.extend(numbers.iter().map(|number| number * factor));
            let numbers = self
                .source
                .numbers(&format!("{name}.{part}.bias"), &[HIDDEN])?;
            bias.extend(numbers.iter().map(|number| number * factor));
        }
        self.put(plan, &weights, &bias);
        Ok(())
    }

    fn matrix(&mut self, name: &str, plan: &MatrixPlan) -> Result<()> {
        debug_assert!(plan.inner <= INNER, "no longer row is known");
        let shape = [plan.columns, plan.inner];
        let weights = self.source.numbers(&format!("{name}.weight"), &shape)?;
        let bias = self
            .source
            .numbers(&format!("{name}.bias"), &[plan.columns])?;
        self.put(plan, &weights, &bias);
        Ok(())
    }

    /// Packs a matrix whose columns follow each other.
    fn put(&mut self, plan: &MatrixPlan, weights: &[f32], bias: &[f32]) {
        self.floats(&plan.bias).copy_from_slice(bias);
        let inner = plan.inner;
        if plan.scales.is_empty() {
            let out = self.floats(&plan.numbers);
            for (column, weights) in weights.chunks_exact(inner).enumerate() {
                let panel = column / STEP * STEP * inner + column % STEP;
                let out = out.iter_mut().skip(panel).step_by(STEP);
                for (out, weight) in out.zip(weights) {
                    *out = *weight;
                }
            }
            return;
        }
        let (bytes, scales) = quantise(weights, inner);
        let out: &mut [i8] = bytemuck::cast_slice_mut(self.section(&plan.numbers));
        for (column, bytes) in bytes.chunks_exact(inner).enumerate() {
            for (row, byte) in bytes.iter().enumerate() {
                if let Some(out) = out.get_mut(place(inner, row, column)) {
                    *out = *byte;
                }
            }
        }
        let sums = bytes
            .chunks_exact(inner)
            .zip(&scales)
            .map(|(bytes, scale)| {
                #[expect(clippy::cast_precision_loss, reason = "sums stay below 2^24")]
                let sum = bytes.iter().map(|byte| i32::from(*byte)).sum::<i32>() as f32;
                sum * scale
            });
        let sums = sums.collect::<Vec<_>>();
        self.floats(&plan.sums).copy_from_slice(&sums);
        self.floats(&plan.scales).copy_from_slice(&scales);
    }
}

/// Turns each run of `width` numbers into bytes over its own range, the same on both sides of zero.
fn quantise(numbers: &[f32], width: usize) -> (Vec<i8>, Vec<f32>) {
    let mut bytes = Vec::with_capacity(numbers.len());
    let mut scales = Vec::with_capacity(numbers.len() / width);
    for run in numbers.chunks_exact(width) {
        let top = run
            .iter()
            .fold(f32::MIN_POSITIVE, |top, number| top.max(number.abs()));
        let scale = top / WEIGHT_MAX;
        #[expect(clippy::cast_possible_truncation, reason = "the range is -127 to 127")]
        bytes.extend(
            run.iter()
                .map(|number| (number / scale).round_ties_even() as i8),
        );
        scales.push(scale);
    }
    (bytes, scales)
}
