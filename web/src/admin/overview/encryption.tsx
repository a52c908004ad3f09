/** How the encryption of what is stored stands, and another key for it. */
import { useQuery } from "@tanstack/react-query";
import { RotateCcwKey, ShieldCheck, ShieldOff } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { Confirm } from "@/parts/dialog";
import { useFormats } from "@/parts/format";
import { Progress } from "@/parts/progress";
import { Section } from "../parts/section";
import { Fetched } from "../parts/state";
import { useDoing } from "../parts/use-doing";
import { encryptionQuery } from "../queries";
import { useWords } from "../words";

export function EncryptionSection() {
  const { t } = useWords();
  const query = useQuery({
    ...encryptionQuery,
    refetchInterval: (asked) => (asked.state.data?.pending ? 3_000 : false),
  });
  return (
    <Section title={t("encryption")}>
      <Fetched query={query}>{() => query.data && <Standing encryption={query.data} />}</Fetched>
    </Section>
  );
}

function Standing({ encryption }: { encryption: Wire["Encryption"] }) {
  const { t } = useWords();
  const formats = useFormats();
  const [asked, setAsked] = useState(false);
  const rotate = useDoing(() => got(api.POST("/api/v1/encryption/rotation")), {
    changes: [["encryption"]],
    said: t("encryptionRotated"),
    onDone: () => setAsked(false),
  });
  const active = encryption.keys.find((key) => key.state === "active");
  const Icon = encryption.on ? ShieldCheck : ShieldOff;
  return (
    <div className="flex flex-wrap items-center gap-4 rounded-2xl border border-line bg-surface px-5 py-4 text-sm">
      <Icon
        aria-hidden
        className={`size-6 shrink-0 ${encryption.on ? "text-good" : "text-soft"}`}
      />
      <div className="min-w-0 flex-1 basis-52">
        <p className="font-medium">{encryption.on ? t("encryptionOn") : t("encryptionOff")}</p>
        <p className="text-soft">
          {encryption.on && active
            ? t("encryptionSince", { date: formats.date(active.created_at) })
            : t("encryptionOffText")}
        </p>
        {encryption.pending && (
          <div className="mt-2 max-w-md">
            <p className="mb-1 text-xs text-soft">
              {t("encryptionPending", {
                done: formats.number(encryption.files_done),
                total: formats.number(encryption.files_total),
              })}
            </p>
            <Progress
              label={t("encryption")}
              done={encryption.files_done}
              total={encryption.files_total}
            />
          </div>
        )}
        {encryption.files_failed > 0 && (
          <p className="mt-1 text-bad">
            {t("encryptionFailed", { count: encryption.files_failed })}
          </p>
        )}
      </div>
      {encryption.on && !encryption.pending && (
        <Button onClick={() => setAsked(true)}>
          <RotateCcwKey aria-hidden className="size-4" />
          {t("encryptionRotate")}
        </Button>
      )}
      <Confirm
        open={asked}
        onClose={() => setAsked(false)}
        onConfirm={() => rotate.mutate()}
        title={t("encryptionRotate")}
        confirm={t("encryptionRotate")}
        busy={rotate.isPending}
      >
        <p className="text-sm">{t("encryptionRotateText")}</p>
      </Confirm>
    </div>
  );
}
