/** Verifying that nobody has touched the log. */
import { useMutation } from "@tanstack/react-query";
import { Copy, ShieldAlert, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { notify } from "@/app/notices";
import { Button, IconButton } from "@/parts/button";
import { TextField } from "@/parts/field";
import { useFormats } from "@/parts/format";
import { Card } from "@/parts/page";
import { Trouble } from "@/parts/trouble";
import { useWords } from "../words";

export function Verify() {
  const { t } = useWords();
  const [kept, setKept] = useState("");
  const verify = useMutation({
    mutationFn: () => {
      const trimmed = kept.trim();
      return got(
        api.GET("/api/v1/audit/verify", {
          params: { query: trimmed ? { kept: trimmed } : {} },
        }),
      );
    },
  });
  return (
    <Card className="mb-6">
      <form
        className="flex flex-wrap items-end gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          verify.mutate();
        }}
      >
        <div className="min-w-0 flex-1 basis-64">
          <TextField
            label={t("auditKept")}
            hint={t("auditKeptHint")}
            value={kept}
            onChange={(event) => setKept(event.target.value)}
            spellCheck={false}
            autoComplete="off"
          />
        </div>
        <Button type="submit" look="primary" className="sm:mb-5" disabled={verify.isPending}>
          {verify.isPending ? t("verifying") : t("verify")}
        </Button>
      </form>
      <div role="status" className="empty:hidden">
        {verify.data && <Verdict verdict={verify.data} />}
      </div>
      {verify.isError && <Trouble error={verify.error} onRetry={() => verify.mutate()} />}
    </Card>
  );
}

function Verdict({ verdict }: { verdict: Wire["AuditVerdict"] }) {
  const { t } = useWords();
  const formats = useFormats();
  if (!verdict.holds) {
    return (
      <p className="mt-4 flex items-start gap-3 rounded-xl bg-bad-tint px-4 py-3 text-sm text-bad">
        <ShieldAlert aria-hidden className="mt-0.5 size-5 shrink-0" />
        <span>
          <strong>{t("auditBroken")}</strong> {verdict.broken?.sentence}
        </span>
      </p>
    );
  }
  const copy = () =>
    navigator.clipboard.writeText(verdict.head).then(
      () => notify(t("common:copied"), { tone: "good" }),
      () => notify(t("copyByHand"), { tone: "bad" }),
    );
  return (
    <div className="mt-4 flex items-start gap-3 rounded-xl bg-good-tint px-4 py-3 text-sm text-good">
      <ShieldCheck aria-hidden className="mt-0.5 size-5 shrink-0" />
      <div className="min-w-0 flex-1">
        <p>
          <strong>{t("auditHolds")}</strong>{" "}
          {t("auditEntries", {
            count: verdict.entries,
            shown: formats.number(verdict.entries),
          })}
        </p>
        <p className="mt-1 break-all font-mono text-xs">{verdict.head}</p>
      </div>
      <IconButton label={t("copyHead")} onClick={() => void copy()}>
        <Copy aria-hidden className="size-4" />
      </IconButton>
    </div>
  );
}
