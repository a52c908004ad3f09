/** An authenticator: six digits that change every half minute. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Smartphone } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got, type Wire } from "@/api/client";
import { notify } from "@/app/notices";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { TextField } from "@/parts/field";
import { useFormats } from "@/parts/format";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { copy } from "./copy";
import { ProofDialog } from "./proof";
import { QrCode } from "./qr";
import { factorsChanged } from "./queries";
import { Row } from "./row";

type Codes = (codes: readonly string[] | null | undefined) => void;

export function AuthenticatorRow({
  since,
  onCodes,
}: {
  since: string | undefined;
  onCodes: Codes;
}) {
  const { t } = useTranslation("sign-in");
  const formats = useFormats();
  const queries = useQueryClient();
  const [open, setOpen] = useState<"add" | "remove">();
  return (
    <Row
      icon={<Smartphone aria-hidden className="size-4.5" />}
      title={t("authenticator")}
      text={since ? t("authenticatorSince", { date: formats.date(since) }) : t("authenticatorText")}
      actions={
        since ? (
          <Button onClick={() => setOpen("remove")}>{t("remove")}</Button>
        ) : (
          <Button onClick={() => setOpen("add")}>{t("setUp")}</Button>
        )
      }
    >
      {open === "add" && <Add onClose={() => setOpen(undefined)} onCodes={onCodes} />}
      {open === "remove" && (
        <ProofDialog
          title={t("authenticatorRemove")}
          text={t("authenticatorRemoveText")}
          confirm={t("remove")}
          danger
          withCode
          onClose={() => setOpen(undefined)}
          onProof={async (proof) => {
            await got(api.POST("/api/v1/me/factors/totp/remove", { body: proof }));
            notify(t("authenticatorRemoved"));
            await factorsChanged(queries);
          }}
        />
      )}
    </Row>
  );
}

/** A secret is asked for, carried to the device by a picture, and confirmed by a code from there. */
function Add({ onClose, onCodes }: { onClose(): void; onCodes: Codes }) {
  const { t } = useTranslation("sign-in");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const form = useId();
  const [code, setCode] = useState("");
  const begin = useMutation({ mutationFn: () => got(api.POST("/api/v1/me/factors/totp")) });
  const confirm = useMutation({
    mutationFn: () =>
      got(api.POST("/api/v1/me/factors/totp/confirm", { body: { code: code.replace(/\s/g, "") } })),
    onSuccess: async (made) => {
      onClose();
      onCodes(made.recovery_codes);
      notify(t("authenticatorAdded"), { tone: "good" });
      await factorsChanged(queries);
    },
  });
  const { mutate } = begin;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    confirm.mutate();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("authenticatorAdd")}
      footer={
        begin.data && (
          <>
            <Button onClick={onClose}>{common("cancel")}</Button>
            <Button type="submit" form={form} look="primary" disabled={confirm.isPending}>
              {t("confirm")}
            </Button>
          </>
        )
      }
    >
      {begin.data ? (
        <form id={form} className="flex flex-col gap-4 pb-3" onSubmit={submit}>
          <Secret enrolment={begin.data} />
          {confirm.error && <Trouble error={confirm.error} />}
          <TextField
            label={t("codeFromThere")}
            value={code}
            required
            autoFocus
            data-focus
            inputMode="numeric"
            autoComplete="one-time-code"
            pattern="[0-9 ]{6,8}"
            className="max-w-48 text-center font-mono text-lg tracking-widest"
            onChange={(event) => setCode(event.target.value)}
          />
        </form>
      ) : begin.error ? (
        <div className="pb-3">
          <Trouble error={begin.error} onRetry={() => mutate()} />
        </div>
      ) : begin.isPending ? (
        <Loading />
      ) : (
        <div className="flex flex-col gap-4 pb-3">
          <p className="text-sm">{t("authenticatorNeed")}</p>
          <div>
            <Button look="primary" autoFocus onClick={() => mutate()}>
              {t("showSecret")}
            </Button>
          </div>
        </div>
      )}
    </Dialog>
  );
}

function Secret({ enrolment }: { enrolment: Wire["TotpEnrolment"] }) {
  const { t } = useTranslation("sign-in");
  const { t: common } = useTranslation();
  return (
    <>
      <p className="text-sm">{t("scan")}</p>
      <QrCode text={enrolment.uri} label={t("qr")} />
      <div className="flex flex-col gap-1">
        <p className="text-xs text-soft">{t("typeSecret")}</p>
        <div className="flex flex-wrap items-center gap-2">
          <code className="min-w-0 rounded-md bg-sunken px-2.5 py-1.5 font-mono text-sm break-all">
            {enrolment.secret.replace(/(.{4})(?=.)/g, "$1 ")}
          </code>
          <Button onClick={() => void copy(enrolment.secret, common("copied"))}>
            {common("copy")}
          </Button>
        </div>
      </div>
    </>
  );
}
