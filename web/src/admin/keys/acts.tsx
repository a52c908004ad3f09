/** What is done about a key. */
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Confirm } from "@/parts/dialog";
import { CheckField, SelectField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { useFormats } from "@/parts/format";
import { ConfirmName } from "../parts/confirm-name";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";

type Key = Wire["Key"];

export type KeyAct = "rotate" | "revoke" | "compromised";

interface About {
  apiKey: Key;
  onClose(): void;
}

const CHANGES = [["keys"], ["access-review"], ["audit"]];
/** How long the former key may go on, in seconds. */
const OVERLAPS = ["0", "3600", "86400", "604800"] as const;

export function KeyDialog({
  act,
  onMade,
  ...about
}: About & { act: KeyAct; onMade(key: Wire["RotatedKey"]): void }) {
  switch (act) {
    case "rotate":
      return <Rotate {...about} onMade={onMade} />;
    case "revoke":
      return <Revoke {...about} />;
    case "compromised":
      return <Compromised {...about} />;
  }
}

function Rotate({ apiKey, onClose, onMade }: About & { onMade(key: Wire["RotatedKey"]): void }) {
  const { t } = useWords();
  const [overlap, setOverlap] = useState("86400");
  const rotate = useDoing(
    () =>
      got(
        api.POST("/api/v1/keys/{key}/rotate", {
          params: { path: { key: apiKey.id } },
          body: { overlap_seconds: Number(overlap) },
        }),
      ),
    { changes: CHANGES, quiet: true, onDone: onMade },
  );
  return (
    <FormDialog
      title={t("rotateTitle", { name: apiKey.name })}
      submit={t("rotateKey")}
      busy={rotate.isPending}
      error={rotate.error}
      onSubmit={() => rotate.mutate()}
      onClose={onClose}
    >
      <p>{t("rotateText")}</p>
      <SelectField
        label={t("overlap")}
        value={overlap}
        onChange={(event) => setOverlap(event.target.value)}
      >
        {OVERLAPS.map((seconds) => (
          <option key={seconds} value={seconds}>
            {t(`overlap.${seconds}`)}
          </option>
        ))}
      </SelectField>
    </FormDialog>
  );
}

function Revoke({ apiKey, onClose }: About) {
  const { t } = useWords();
  const { name } = apiKey;
  const revoke = useDoing(
    () => api.DELETE("/api/v1/keys/{key}", { params: { path: { key: apiKey.id } } }),
    { changes: CHANGES, said: t("revokedNow", { name }), onDone: onClose },
  );
  return (
    <Confirm
      open
      onClose={onClose}
      title={t("revokeTitle", { name })}
      confirm={t("revokeKey")}
      busy={revoke.isPending}
      onConfirm={() => revoke.mutate()}
    >
      <p className="text-sm">{t("revokeText")}</p>
    </Confirm>
  );
}

/** Revokes at once and tells whoever has to know; a drill only pretends. */
function Compromised({ apiKey, onClose }: About) {
  const { t } = useWords();
  const formats = useFormats();
  const [drill, setDrill] = useState(false);
  const say = useDoing(
    () =>
      got(
        api.POST("/api/v1/keys/{key}/compromised", {
          params: { path: { key: apiKey.id } },
          body: { drill },
        }),
      ),
    {
      changes: [...CHANGES, ["security-events"]],
      said: (done) =>
        t("compromisedNow", { name: apiKey.name, time: formats.number(done.milliseconds, 1) }),
      quiet: true,
      onDone: onClose,
    },
  );
  return (
    <ConfirmName
      name={apiKey.name}
      title={t("compromisedTitle", { name: apiKey.name })}
      confirm={t("keyCompromised")}
      busy={say.isPending}
      onClose={onClose}
      error={say.error}
      onConfirm={() => say.mutate()}
    >
      <p>{t("compromisedText")}</p>
      <CheckField
        label={t("drill")}
        hint={t("drillHint")}
        checked={drill}
        onChange={(event) => setDrill(event.target.checked)}
      />
    </ConfirmName>
  );
}
