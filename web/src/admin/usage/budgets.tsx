/** Budgets: what may be spent in a month, what is spent of it, and from where on people are told. */
import { useQuery } from "@tanstack/react-query";
import { Ellipsis, Plus, Receipt } from "lucide-react";
import { useState } from "react";
import { api, type Wire } from "@/api/client";
import { useMay } from "@/app/identity";
import { Button, IconButton } from "@/parts/button";
import { Confirm } from "@/parts/dialog";
import { Menu, MenuItem } from "@/parts/menu";
import { Section } from "../parts/section";
import { Fetched } from "../parts/state";
import { useDoing } from "../parts/use-doing";
import { budgetsQuery } from "../queries";
import { useWords } from "../words";
import { BillDialog } from "./bill";
import { BudgetDialog } from "./budget-dialog";
import { useBudgetName } from "./budget-name";
import { Meter } from "./meter";

type Budget = Wire["Budget"];

export function Budgets() {
  const { t } = useWords();
  const may = useMay("budget");
  const query = useQuery(budgetsQuery);
  const [edited, setEdited] = useState<Budget | "new" | undefined>();
  const [removed, setRemoved] = useState<Budget | undefined>();
  const [billing, setBilling] = useState(false);
  return (
    <Section
      title={t("budgets")}
      lead={t("budgetsLead")}
      actions={
        may && (
          <>
            <Button onClick={() => setBilling(true)}>
              <Receipt aria-hidden className="size-4" />
              {t("addBill")}
            </Button>
            <Button look="primary" onClick={() => setEdited("new")}>
              <Plus aria-hidden className="size-4" />
              {t("setBudget")}
            </Button>
          </>
        )
      }
    >
      <Fetched query={query}>
        {() => (
          <ul className="grid gap-3 lg:grid-cols-2 2xl:grid-cols-3">
            {(query.data ?? []).map((budget) => (
              <BudgetCard
                key={`${budget.kind}:${budget.subject}`}
                budget={budget}
                may={may}
                onEdit={() => setEdited(budget)}
                onRemove={() => setRemoved(budget)}
              />
            ))}
          </ul>
        )}
      </Fetched>
      {edited && (
        <BudgetDialog
          budget={edited === "new" ? undefined : edited}
          onClose={() => setEdited(undefined)}
        />
      )}
      {removed && <RemoveDialog budget={removed} onClose={() => setRemoved(undefined)} />}
      {billing && <BillDialog onClose={() => setBilling(false)} />}
    </Section>
  );
}

function BudgetCard({
  budget,
  may,
  onEdit,
  onRemove,
}: {
  budget: Budget;
  may: boolean;
  onEdit(): void;
  onRemove(): void;
}) {
  const { t } = useWords();
  const name = useBudgetName()(budget.kind, budget.subject);
  return (
    <li className="flex flex-col gap-3 rounded-2xl border border-line bg-surface px-5 py-4">
      <div className="flex items-start justify-between gap-2">
        <div className="min-w-0">
          <h3 className="break-words text-sm font-medium">{name}</h3>
          <p className="text-xs text-soft">
            {t(`budgetKind.${kindOf(budget.kind)}`)}
            {!budget.is_set && ` · ${t("byDefault")}`}
          </p>
        </div>
        {may && (
          <Menu
            trigger={
              <IconButton label={t("actionsFor", { name })} className="-my-1.5 -me-2">
                <Ellipsis aria-hidden className="size-5" />
              </IconButton>
            }
          >
            <MenuItem onSelect={onEdit}>
              {budget.is_set ? t("changeBudget") : t("setBudget")}
            </MenuItem>
            {budget.is_set && (
              <MenuItem danger onSelect={onRemove}>
                {t("removeBudget")}
              </MenuItem>
            )}
          </Menu>
        )}
      </div>
      <Meter budget={budget} name={name} />
    </li>
  );
}

function kindOf(kind: string): Wire["BudgetKind"] {
  const kinds: readonly Wire["BudgetKind"][] = ["user", "key", "feature", "component", "tenant"];
  return kinds.find((one) => one === kind) ?? "component";
}

function RemoveDialog({ budget, onClose }: { budget: Budget; onClose(): void }) {
  const { t } = useWords();
  const name = useBudgetName()(budget.kind, budget.subject);
  const remove = useDoing(
    () =>
      api.DELETE("/api/v1/budgets/{kind}/{subject}", {
        params: { path: { kind: kindOf(budget.kind), subject: budget.subject } },
      }),
    {
      changes: [["budgets"], ["usage"], ["audit"]],
      said: t("budgetRemoved", { name }),
      onDone: onClose,
    },
  );
  return (
    <Confirm
      open
      onClose={onClose}
      title={t("removeBudgetOf", { name })}
      confirm={t("removeBudget")}
      busy={remove.isPending}
      onConfirm={() => remove.mutate()}
    >
      <p className="text-sm">{t("removeBudgetText")}</p>
    </Confirm>
  );
}
