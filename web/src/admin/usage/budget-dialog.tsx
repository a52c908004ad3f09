/** Setting a budget, or changing one. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { useMay } from "@/app/identity";
import { SelectField, TextField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { everybodyQuery, everyKeyQuery } from "../names";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";
import {
  BUDGET_KINDS,
  COMPONENTS,
  FEATURES,
  useBudgetName,
  useComponentName,
  useFeatureName,
} from "./budget-name";

type Kind = Wire["BudgetKind"];

/** What somebody typed as an amount: nothing, or dollars; `undefined` for what is neither. */
export function dollars(typed: string): number | null | undefined {
  const text = typed.trim().replace(",", ".");
  if (text === "") return null;
  const value = Number(text);
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

export function BudgetDialog({
  budget,
  onClose,
}: {
  budget: Wire["Budget"] | undefined;
  onClose(): void;
}) {
  const { t } = useWords();
  const name = useBudgetName();
  const [kind, setKind] = useState<Kind>((budget?.kind as Kind) ?? "user");
  const [chosen, setSubject] = useState(budget?.subject ?? "");
  const [max, setMax] = useState(amountOf(budget?.max_usd));
  const [alert, setAlert] = useState(amountOf(budget?.alert_usd));
  const kinds = useKinds();
  const subjects = useSubjects(kind);
  const subject = chosen || (subjects[0]?.value ?? "");
  const most = dollars(max);
  const from = dollars(alert);
  const empty = most === null && from === null;
  const set = useDoing(
    (body: Wire["NewBudget"]) =>
      got(
        api.PUT("/api/v1/budgets/{kind}/{subject}", { params: { path: { kind, subject } }, body }),
      ),
    {
      changes: [["budgets"], ["usage"], ["audit"]],
      said: t("budgetSet", { name: name(kind, subject) }),
      quiet: true,
      onDone: onClose,
    },
  );
  const wrong = (value: number | null | undefined) =>
    value === undefined ? { error: t("notAnAmount") } : {};
  return (
    <FormDialog
      title={budget ? t("budgetOf", { name: name(budget.kind, budget.subject) }) : t("setBudget")}
      submit={t("common:save")}
      ready={subject !== "" && !empty && most !== undefined && from !== undefined}
      busy={set.isPending}
      error={set.error}
      onSubmit={() => {
        if (most === undefined || from === undefined || empty) return;
        set.mutate({ max_usd: most, alert_usd: from });
      }}
      onClose={onClose}
    >
      {!budget && (
        <div className="grid gap-4 sm:grid-cols-2">
          <SelectField
            label={t("budgetFor")}
            value={kind}
            onChange={(event) => {
              setKind(event.target.value as Kind);
              setSubject("");
            }}
          >
            {kinds.map((one) => (
              <option key={one} value={one}>
                {t(`budgetKind.${one}`)}
              </option>
            ))}
          </SelectField>
          {kind !== "tenant" && (
            <SelectField
              label={t(`budgetKind.${kind}`)}
              value={subject}
              onChange={(event) => setSubject(event.target.value)}
            >
              {subjects.map((one) => (
                <option key={one.value} value={one.value}>
                  {one.label}
                </option>
              ))}
            </SelectField>
          )}
        </div>
      )}
      <TextField
        label={t("most")}
        hint={t("mostHint")}
        inputMode="decimal"
        value={max}
        onChange={(event) => setMax(event.target.value)}
        {...wrong(most)}
      />
      <TextField
        label={t("alertAt")}
        hint={t("alertHint")}
        inputMode="decimal"
        value={alert}
        onChange={(event) => setAlert(event.target.value)}
        {...wrong(from)}
      />
    </FormDialog>
  );
}

function amountOf(value: number | null | undefined): string {
  return typeof value === "number" ? String(value) : "";
}

/** Who may not see people and keys cannot choose one. */
function useKinds(): readonly Kind[] {
  const people = useMay("people");
  return BUDGET_KINDS.filter((kind) => people || (kind !== "user" && kind !== "key"));
}

function useSubjects(kind: Kind): readonly { value: string; label: string }[] {
  const people = useMay("people");
  const users = useQuery({ ...everybodyQuery, enabled: people && kind === "user" }).data;
  const keys = useQuery({ ...everyKeyQuery, enabled: people && kind === "key" }).data;
  const feature = useFeatureName();
  const component = useComponentName();
  switch (kind) {
    case "tenant":
      return [{ value: "all", label: "" }];
    case "feature":
      return FEATURES.map((value) => ({ value, label: feature(value) }));
    case "component":
      return COMPONENTS.map((value) => ({ value, label: component(value) }));
    case "user":
      return (users ?? []).map((user) => ({ value: user.id, label: user.name }));
    case "key":
      return (keys ?? [])
        .filter((key) => !key.revoked)
        .map((key) => ({ value: key.id, label: key.name }));
  }
}
