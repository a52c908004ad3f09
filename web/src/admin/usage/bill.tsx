/** Writing down what something has cost that is not counted here. */
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { SelectField, TextField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";
import { dollars } from "./budget-dialog";

const BILLED: readonly Wire["Billed"][] = ["web", "api", "database"];

export function BillDialog({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  const [component, setComponent] = useState<Wire["Billed"]>("web");
  const [cost, setCost] = useState("");
  const amount = dollars(cost);
  // Sent twice, it is still one bill.
  const [once] = useState(() => crypto.randomUUID());
  const write = useDoing(
    (body: Wire["Bill"]) =>
      got(api.POST("/api/v1/bills", { params: { header: { "Idempotency-Key": once } }, body })),
    {
      changes: [["budgets"], ["usage"], ["audit"]],
      said: t("billAdded"),
      quiet: true,
      onDone: onClose,
    },
  );
  return (
    <FormDialog
      title={t("addBill")}
      submit={t("common:save")}
      ready={Boolean(amount)}
      busy={write.isPending}
      error={write.error}
      onSubmit={() => {
        if (amount) write.mutate({ component, cost_usd: amount });
      }}
      onClose={onClose}
    >
      <p className="text-sm">{t("addBillText")}</p>
      <SelectField
        label={t("budgetKind.component")}
        value={component}
        onChange={(event) => setComponent(event.target.value as Wire["Billed"])}
      >
        {BILLED.map((one) => (
          <option key={one} value={one}>
            {t(`component.${one}`)}
          </option>
        ))}
      </SelectField>
      <TextField
        label={t("amount")}
        inputMode="decimal"
        value={cost}
        onChange={(event) => setCost(event.target.value)}
        {...(amount === undefined && { error: t("notAnAmount") })}
      />
    </FormDialog>
  );
}
