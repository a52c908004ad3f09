/** Making an experiment. */
import { useNavigate } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { SelectField, TextArea, TextField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";
import { type Draft, experimentOf } from "./draft";
import { Guards, Variant } from "./make-parts";
import { METRICS, type Metric, useMetric } from "./metric";

const EMPTY: Draft = {
  name: "",
  hypothesis: "",
  metric: "answered_rate",
  unit: "actor",
  share: "50",
  variants: [{ id: 1, name: "", weight: "1", changes: { passages: "20" } }],
  guardrails: [{ id: 2, metric: "latency_p95", worse: "200" }],
};

export function MakeExperiment({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  const metric = useMetric();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(EMPTY);
  const set = (change: Partial<Draft>) => setDraft({ ...draft, ...change });
  const ids = [...draft.variants, ...draft.guardrails].map((one) => one.id);
  const nextId = Math.max(0, ...ids) + 1;
  const make = useDoing(
    (body: Wire["NewExperiment"]) => got(api.POST("/api/v1/experiments", { body })),
    {
      changes: [["experiments"], ["audit"]],
      quiet: true,
      onDone: (made) => {
        onClose();
        void navigate({ to: "/admin/quality", search: { experiment: made.id } });
      },
    },
  );
  return (
    <FormDialog
      wide
      title={t("makeExperiment")}
      submit={t("makeExperiment")}
      busy={make.isPending}
      error={make.error}
      onSubmit={() => {
        make.mutate(experimentOf(draft));
      }}
      onClose={onClose}
    >
      <TextField
        label={t("name")}
        required
        value={draft.name}
        onChange={(event) => set({ name: event.target.value })}
      />
      <TextArea
        label={t("hypothesis")}
        hint={t("hypothesisHint")}
        rows={2}
        value={draft.hypothesis}
        onChange={(event) => set({ hypothesis: event.target.value })}
      />
      <div className="grid gap-4 sm:grid-cols-3">
        <SelectField
          label={t("decides")}
          value={draft.metric}
          onChange={(event) => set({ metric: event.target.value as Metric })}
        >
          {METRICS.filter((one) => one !== "latency_p95").map((one) => (
            <option key={one} value={one}>
              {metric.name(one)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t("unit")}
          value={draft.unit}
          onChange={(event) => set({ unit: event.target.value as Draft["unit"] })}
        >
          <option value="actor">{t("unitActor")}</option>
          <option value="question">{t("unitQuestion")}</option>
        </SelectField>
        <TextField
          label={t("shareInPercent")}
          type="number"
          min={0}
          max={100}
          required
          value={draft.share}
          onChange={(event) => set({ share: event.target.value })}
        />
      </div>
      <section className="flex flex-col gap-3">
        <div>
          <h3 className="text-sm font-medium">{t("variants")}</h3>
          <p className="text-xs text-soft">{t("variantsHint")}</p>
        </div>
        {draft.variants.map((variant, at) => (
          <Variant
            key={variant.id}
            at={at}
            variant={variant}
            onChange={(next) =>
              set({
                variants: draft.variants.map((one) => (one.id === next.id ? next : one)),
              })
            }
            {...(draft.variants.length > 1 && {
              onRemove: () =>
                set({ variants: draft.variants.filter((one) => one.id !== variant.id) }),
            })}
          />
        ))}
        <Button
          className="self-start"
          onClick={() =>
            set({
              variants: [...draft.variants, { id: nextId, name: "", weight: "1", changes: {} }],
            })
          }
        >
          <Plus aria-hidden className="size-4" />
          {t("addVariant")}
        </Button>
      </section>
      <Guards
        guards={draft.guardrails}
        nextId={nextId}
        onChange={(guardrails) => set({ guardrails })}
      />
    </FormDialog>
  );
}
