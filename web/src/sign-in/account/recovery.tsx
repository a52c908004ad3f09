/** Recovery codes: how many are left, other ones, and the one moment in which they are shown. */
import { useQueryClient } from "@tanstack/react-query";
import { Copy, Download, LifeBuoy } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { CheckField } from "@/parts/field";
import { save } from "../save";
import { copy } from "./copy";
import { ProofDialog } from "./proof";
import { factorsChanged } from "./queries";
import { Row } from "./row";

/** With so few left it is time for others. */
const FEW = 3;

export function RecoveryRow({
  left,
  withTotp,
  onCodes,
}: {
  left: number;
  withTotp: boolean;
  onCodes(codes: readonly string[] | null | undefined): void;
}) {
  const { t } = useTranslation("sign-in");
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  return (
    <Row
      icon={<LifeBuoy aria-hidden className="size-4.5" />}
      title={t("recovery")}
      text={
        <span className={left <= FEW ? "font-medium text-warn" : ""}>
          {t("recoveryLeft", { count: left })}
        </span>
      }
      actions={<Button onClick={() => setOpen(true)}>{t("recoveryMake")}</Button>}
    >
      {open && (
        <ProofDialog
          title={t("recoveryMake")}
          text={t("recoveryMakeText")}
          confirm={t("recoveryMake")}
          withCode={withTotp}
          onClose={() => setOpen(false)}
          onProof={async (proof) => {
            const made = await got(api.POST("/api/v1/me/factors/recovery-codes", { body: proof }));
            onCodes(made.recovery_codes);
            await factorsChanged(queries);
          }}
        />
      )}
    </Row>
  );
}

/** Shown once: the dialog stays until somebody says that they have kept them. */
export function RecoveryCodes({
  codes,
  onClose,
}: {
  codes: readonly string[] | undefined;
  onClose(): void;
}) {
  const { t } = useTranslation("sign-in");
  const { t: common } = useTranslation();
  const [kept, setKept] = useState(false);
  if (!codes) return null;
  const text = `${codes.join("\n")}\n`;
  const close = () => {
    setKept(false);
    onClose();
  };
  return (
    <Dialog
      open
      onClose={close}
      closable={false}
      title={t("recoveryShown")}
      footer={
        <Button look="primary" disabled={!kept} onClick={close}>
          {common("close")}
        </Button>
      }
    >
      <div className="flex flex-col gap-4 pb-3">
        <p className="text-sm">{t("recoveryShownText")}</p>
        <ol
          aria-label={t("recovery")}
          className="grid grid-cols-1 gap-x-6 gap-y-1.5 rounded-xl bg-sunken px-5 py-4 font-mono text-sm min-[26rem]:grid-cols-2"
        >
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ol>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => void copy(text, common("copied"))}>
            <Copy aria-hidden className="size-4" />
            {common("copy")}
          </Button>
          <Button
            onClick={() =>
              save(new Blob([text], { type: "text/plain" }), "alexandria-recovery-codes.txt")
            }
          >
            <Download aria-hidden className="size-4" />
            {t("download")}
          </Button>
        </div>
        <CheckField
          label={t("recoveryKept")}
          checked={kept}
          onChange={(event) => setKept(event.target.checked)}
        />
      </div>
    </Dialog>
  );
}
