/** An experiment while it is written: what stands in the fields, and what is made of it. */
import type { Wire } from "@/api/client";
import type { Metric } from "./metric";
import { unitOf } from "./metric";

/** The changes that a variant can make; each as it is typed, empty for none. */
export const CHANGES = [
  "passages",
  "search_mode",
  "writer",
  "unsupported",
  "answer_threshold",
  "answer_sentences",
] as const;
export type Change = (typeof CHANGES)[number];

export interface VariantDraft {
  readonly id: number;
  readonly name: string;
  readonly weight: string;
  readonly changes: Partial<Record<Change, string>>;
}

export interface GuardDraft {
  readonly id: number;
  readonly metric: Metric;
  /** In percentage points, milliseconds or dollars. */
  readonly worse: string;
}

export interface Draft {
  readonly name: string;
  readonly hypothesis: string;
  readonly metric: Metric;
  readonly unit: Wire["ExperimentUnit"];
  readonly share: string;
  readonly variants: readonly VariantDraft[];
  readonly guardrails: readonly GuardDraft[];
}

/** What a variant changes, as it is sent. */
export function changesOf(typed: VariantDraft["changes"]): Wire["Changes"] {
  const number = (change: Change) => {
    const text = typed[change]?.trim().replace(",", ".");
    return text ? { [change]: Number(text) } : {};
  };
  const choice = (change: Change) => (typed[change] ? { [change]: typed[change] } : {});
  return {
    ...number("passages"),
    ...number("answer_threshold"),
    ...number("answer_sentences"),
    ...choice("search_mode"),
    ...choice("writer"),
    ...choice("unsupported"),
  };
}

/** The experiment, as it is sent. The control comes first and changes nothing. */
export function experimentOf(draft: Draft): Wire["NewExperiment"] {
  return {
    name: draft.name.trim(),
    hypothesis: draft.hypothesis.trim(),
    metric: draft.metric,
    unit: draft.unit,
    share: Number(draft.share),
    variants: [
      { name: "control" },
      ...draft.variants.map((variant) => ({
        name: variant.name.trim(),
        weight: Number(variant.weight) || 1,
        changes: changesOf(variant.changes),
      })),
    ],
    guardrails: draft.guardrails
      .filter((guard) => guard.worse.trim() !== "")
      .map((guard) => {
        const worse = Number(guard.worse.replace(",", "."));
        return {
          metric: guard.metric,
          worse_by: unitOf(guard.metric) === "share" ? worse / 100 : worse,
        };
      }),
  };
}
