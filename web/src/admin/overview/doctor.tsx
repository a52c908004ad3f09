/** Checking everything that is stored, on demand: it reads much, so nobody does it by looking. */
import { useMutation } from "@tanstack/react-query";
import { CircleCheck } from "lucide-react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { Badge } from "@/parts/page";
import { Trouble } from "@/parts/trouble";
import { Section } from "../parts/section";
import { useWords } from "../words";

export function Doctor() {
  const { t } = useWords();
  const check = useMutation({ mutationFn: () => got(api.GET("/api/v1/doctor")) });
  return (
    <Section
      title={t("doctor")}
      lead={t("doctorLead")}
      actions={
        <Button onClick={() => check.mutate()} disabled={check.isPending}>
          {check.isPending ? t("doctorRuns") : t("doctorRun")}
        </Button>
      }
    >
      <div role="status">
        {check.isError && <Trouble error={check.error} onRetry={() => check.mutate()} />}
        {check.data && <Findings diagnosis={check.data} />}
      </div>
    </Section>
  );
}

function Findings({ diagnosis }: { diagnosis: Wire["Diagnosis"] }) {
  const { t } = useWords();
  if (diagnosis.findings.length === 0) {
    return (
      <p className="flex items-center gap-3 rounded-2xl border border-line bg-surface px-5 py-4 text-sm">
        <CircleCheck aria-hidden className="size-5 shrink-0 text-good" />
        {t("doctorSound", { count: diagnosis.checked.length })}
      </p>
    );
  }
  return (
    <ul className="divide-y divide-line rounded-2xl border border-line bg-surface">
      {diagnosis.findings.map((finding) => (
        <li key={`${finding.part}:${finding.message}`} className="px-5 py-3.5 text-sm">
          <div className="flex flex-wrap items-center gap-2">
            <Badge
              tone={
                finding.severity === "damage"
                  ? "bad"
                  : finding.severity === "warning"
                    ? "warn"
                    : "plain"
              }
            >
              {finding.severity === "damage"
                ? t("severityDamage")
                : finding.severity === "warning"
                  ? t("severityWarning")
                  : t("severityNote")}
            </Badge>
            <span className="font-medium">{finding.part}</span>
          </div>
          <p className="mt-1">{finding.message}</p>
          <p className="mt-0.5 text-soft">{finding.remedy}</p>
        </li>
      ))}
    </ul>
  );
}
