/** Shows that it is still the same person: with a code, or with the password. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { TextField } from "@/parts/field";
import { Trouble } from "@/parts/trouble";
import { PasswordField } from "../password-field";

export function ProofDialog({
  title,
  text,
  confirm,
  danger = false,
  withCode,
  onProof,
  onClose,
}: {
  title: string;
  text: string;
  confirm: string;
  danger?: boolean;
  /** Whether there is an authenticator to give a code. */
  withCode: boolean;
  onProof(proof: Wire["Proof"]): Promise<void>;
  onClose(): void;
}) {
  const { t } = useTranslation("sign-in");
  const { t: common } = useTranslation();
  const form = useId();
  const [byCode, setByCode] = useState(withCode);
  const [given, setGiven] = useState("");
  const prove = useMutation({
    mutationFn: () => onProof(byCode ? { code: given.replace(/\s/g, "") } : { password: given }),
    onSuccess: onClose,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    prove.mutate();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button
            type="submit"
            form={form}
            look={danger ? "danger" : "primary"}
            disabled={prove.isPending}
          >
            {confirm}
          </Button>
        </>
      }
    >
      <form id={form} className="flex flex-col gap-4 pb-3" onSubmit={submit}>
        <p className="text-sm text-soft">{text}</p>
        {prove.error && <Trouble error={prove.error} />}
        {byCode ? (
          <TextField
            label={t("code")}
            hint={t("codeHint")}
            value={given}
            required
            autoFocus
            data-focus
            autoComplete="one-time-code"
            spellCheck={false}
            onChange={(event) => setGiven(event.target.value)}
          />
        ) : (
          <PasswordField
            label={t("password")}
            value={given}
            required
            autoFocus
            data-focus
            autoComplete="current-password"
            onChange={(event) => setGiven(event.target.value)}
          />
        )}
        {withCode && (
          <Button
            look="quiet"
            className="-ms-3.5 self-start"
            onClick={() => {
              setByCode(!byCode);
              setGiven("");
            }}
          >
            {byCode ? t("proveByPassword") : t("proveByCode")}
          </Button>
        )}
      </form>
    </Dialog>
  );
}
