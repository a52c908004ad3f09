/** The parts of the form that makes an experiment: variants and guardrails. */
import { Plus, Trash2 } from "lucide-react";
import { Button, IconButton } from "@/parts/button";
import { SelectField, TextField } from "@/parts/field";
import { useWords } from "../words";
import type { Change, GuardDraft, VariantDraft } from "./draft";
import { METRICS, type Metric, unitOf, useMetric } from "./metric";

/** A way of answering: its name, its weight, and what it changes. */
export function Variant({
  at,
  variant,
  onChange,
  onRemove,
}: {
  at: number;
  variant: VariantDraft;
  onChange(variant: VariantDraft): void;
  onRemove?: () => void;
}) {
  const { t } = useWords();
  const change = (name: Change) => ({
    value: variant.changes[name] ?? "",
    onChange: (event: { target: { value: string } }) =>
      onChange({ ...variant, changes: { ...variant.changes, [name]: event.target.value } }),
  });
  const number = { type: "number", placeholder: t("asSet") } as const;
  return (
    <fieldset className="rounded-xl border border-line p-4">
      <legend className="px-1 text-xs text-soft">{t("variantNumber", { number: at + 1 })}</legend>
      <div className="grid gap-4 sm:grid-cols-2 lg:grid-cols-3">
        <TextField
          label={t("name")}
          required
          value={variant.name}
          onChange={(event) => onChange({ ...variant, name: event.target.value })}
        />
        <TextField
          label={t("change.passages")}
          {...number}
          min={1}
          max={100}
          {...change("passages")}
        />
        <SelectField label={t("change.search_mode")} {...change("search_mode")}>
          <option value="">{t("asSet")}</option>
          <option value="text">{t("modeText")}</option>
          <option value="vectors">{t("modeVectors")}</option>
        </SelectField>
        <SelectField label={t("change.writer")} {...change("writer")}>
          <option value="">{t("asSet")}</option>
          <option value="extractive">{t("writerExtractive")}</option>
        </SelectField>
        <SelectField label={t("change.unsupported")} {...change("unsupported")}>
          <option value="">{t("asSet")}</option>
          <option value="remove">{t("unsupportedRemove")}</option>
          <option value="mark">{t("unsupportedMark")}</option>
        </SelectField>
        <TextField
          label={t("change.answer_threshold")}
          {...number}
          min={0}
          max={1}
          step={0.01}
          {...change("answer_threshold")}
        />
        <TextField
          label={t("change.answer_sentences")}
          {...number}
          min={1}
          max={20}
          {...change("answer_sentences")}
        />
        <TextField
          label={t("weight")}
          type="number"
          min={1}
          required
          value={variant.weight}
          onChange={(event) => onChange({ ...variant, weight: event.target.value })}
        />
      </div>
      {onRemove && (
        <Button look="quiet" className="mt-3" onClick={onRemove}>
          <Trash2 aria-hidden className="size-4" />
          {t("removeVariant")}
        </Button>
      )}
    </fieldset>
  );
}

/** What must not become worse. */
export function Guards({
  guards,
  nextId,
  onChange,
}: {
  guards: readonly GuardDraft[];
  nextId: number;
  onChange(guards: readonly GuardDraft[]): void;
}) {
  const { t } = useWords();
  const metric = useMetric();
  const change = (next: GuardDraft) =>
    onChange(guards.map((one) => (one.id === next.id ? next : one)));
  return (
    <section className="flex flex-col gap-3">
      <div>
        <h3 className="text-sm font-medium">{t("guardrails")}</h3>
        <p className="text-xs text-soft">{t("guardrailsHint")}</p>
      </div>
      {guards.map((guard) => (
        <div key={guard.id} className="flex items-end gap-3">
          <div className="min-w-0 flex-1">
            <SelectField
              label={t("guarded")}
              value={guard.metric}
              onChange={(event) => change({ ...guard, metric: event.target.value as Metric })}
            >
              {METRICS.map((one) => (
                <option key={one} value={one}>
                  {metric.name(one)}
                </option>
              ))}
            </SelectField>
          </div>
          <div className="w-36 shrink-0 sm:w-52">
            <TextField
              label={t(`worseBy.${unitOf(guard.metric)}`)}
              type="number"
              min={0}
              step="any"
              required
              value={guard.worse}
              onChange={(event) => change({ ...guard, worse: event.target.value })}
            />
          </div>
          <IconButton
            label={t("removeGuardrail")}
            onClick={() => onChange(guards.filter((one) => one.id !== guard.id))}
          >
            <Trash2 aria-hidden className="size-4" />
          </IconButton>
        </div>
      ))}
      <Button
        className="self-start"
        onClick={() => onChange([...guards, { id: nextId, metric: "error_rate", worse: "2" }])}
      >
        <Plus aria-hidden className="size-4" />
        {t("addGuardrail")}
      </Button>
    </section>
  );
}
