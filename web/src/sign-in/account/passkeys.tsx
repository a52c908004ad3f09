/** Passkeys: add one, give it another name, remove it. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, Pencil, Trash2 } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got, type Wire } from "@/api/client";
import { notify } from "@/app/notices";
import { Button, IconButton } from "@/parts/button";
import { Confirm, Dialog } from "@/parts/dialog";
import { TextField } from "@/parts/field";
import { useFormats } from "@/parts/format";
import { Trouble } from "@/parts/trouble";
import { waysQuery } from "../door";
import { addPasskey, canUsePasskeys, isGivenUp, isThereAlready } from "../passkey";
import { deviceOf } from "./device";
import { factorsChanged } from "./queries";
import { Row } from "./row";

type Codes = (codes: readonly string[] | null | undefined) => void;

export function Passkeys({
  passkeys,
  onCodes,
}: {
  passkeys: readonly Wire["Passkey"][];
  onCodes: Codes;
}) {
  const { t } = useTranslation("sign-in");
  const ways = useQuery(waysQuery).data;
  const [adding, setAdding] = useState(false);
  const can = canUsePasskeys() && ways?.passkeys !== false;
  return (
    <Row
      icon={<KeyRound aria-hidden className="size-4.5" />}
      title={t("passkeys")}
      text={can || passkeys.length > 0 ? t("passkeysText") : t("passkeysCannot")}
      actions={can && <Button onClick={() => setAdding(true)}>{t("passkeyAdd")}</Button>}
    >
      {passkeys.length > 0 && (
        <ul className="flex flex-col gap-1 sm:ms-13">
          {passkeys.map((passkey) => (
            <One key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      {adding && <Add onClose={() => setAdding(false)} onCodes={onCodes} />}
    </Row>
  );
}

function One({ passkey }: { passkey: Wire["Passkey"] }) {
  const { t } = useTranslation("sign-in");
  const formats = useFormats();
  const queries = useQueryClient();
  const [open, setOpen] = useState<"rename" | "remove">();
  const params = { params: { path: { passkey: passkey.id } } };
  const remove = useMutation({
    mutationFn: () => got(api.DELETE("/api/v1/me/factors/passkeys/{passkey}", params)),
    onSuccess: async () => {
      setOpen(undefined);
      await factorsChanged(queries);
    },
  });
  return (
    <li className="flex items-center gap-2 rounded-lg bg-sunken py-1.5 ps-3.5 pe-1.5">
      <div className="min-w-0 flex-1">
        <p className="truncate text-sm font-medium">{passkey.name}</p>
        <p className="text-xs text-soft">
          {passkey.used
            ? t("passkeyUsed", {
                added: formats.date(passkey.created),
                used: formats.ago(passkey.used),
              })
            : t("passkeyUnused", { added: formats.date(passkey.created) })}
        </p>
      </div>
      <IconButton
        label={t("passkeyRenameOf", { name: passkey.name })}
        onClick={() => setOpen("rename")}
      >
        <Pencil aria-hidden className="size-4" />
      </IconButton>
      <IconButton
        label={t("passkeyRemoveOf", { name: passkey.name })}
        onClick={() => setOpen("remove")}
      >
        <Trash2 aria-hidden className="size-4" />
      </IconButton>
      {open === "rename" && (
        <NameDialog
          title={t("passkeyRename")}
          name={passkey.name}
          onClose={() => setOpen(undefined)}
          onName={async (name) => {
            const body = { name };
            await got(api.PATCH("/api/v1/me/factors/passkeys/{passkey}", { ...params, body }));
            await factorsChanged(queries);
          }}
        />
      )}
      <Confirm
        open={open === "remove"}
        onClose={() => setOpen(undefined)}
        onConfirm={() => remove.mutate()}
        title={t("passkeyRemove")}
        confirm={t("remove")}
        busy={remove.isPending}
      >
        <p className="pb-3 text-sm">{t("passkeyRemoveText", { name: passkey.name })}</p>
        {remove.error && <Trouble error={remove.error} />}
      </Confirm>
    </li>
  );
}

function Add({ onClose, onCodes }: { onClose(): void; onCodes: Codes }) {
  const { t } = useTranslation("sign-in");
  const queries = useQueryClient();
  return (
    <NameDialog
      title={t("passkeyAdd")}
      text={t("passkeyAddText")}
      name={deviceOf(navigator.userAgent).name}
      onClose={onClose}
      onName={async (name) => {
        const added = await addPasskey(name);
        onCodes(added.recovery_codes);
        notify(t("passkeyAdded"), { tone: "good" });
        await factorsChanged(queries);
      }}
    />
  );
}

function NameDialog({
  title,
  text,
  name: former,
  onName,
  onClose,
}: {
  title: string;
  text?: string;
  name: string;
  onName(name: string): Promise<void>;
  onClose(): void;
}) {
  const { t } = useTranslation("sign-in");
  const { t: common } = useTranslation();
  const form = useId();
  const [name, setName] = useState(former);
  const give = useMutation({ mutationFn: () => onName(name.trim()), onSuccess: onClose });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    give.mutate();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{common("cancel")}</Button>
          <Button type="submit" form={form} look="primary" disabled={give.isPending}>
            {text ? t("goOn") : common("save")}
          </Button>
        </>
      }
    >
      <form id={form} className="flex flex-col gap-4 pb-3" onSubmit={submit}>
        {text && <p className="text-sm">{text}</p>}
        {isGivenUp(give.error) ? (
          <p role="alert" className="text-sm text-bad">
            {t("passkeyGivenUp")}
          </p>
        ) : isThereAlready(give.error) ? (
          <p role="alert" className="text-sm text-bad">
            {t("passkeyThere")}
          </p>
        ) : give.error ? (
          <Trouble error={give.error} />
        ) : null}
        <TextField
          label={t("passkeyName")}
          value={name}
          required
          autoFocus
          data-focus
          maxLength={200}
          onChange={(event) => setName(event.target.value)}
        />
      </form>
    </Dialog>
  );
}
