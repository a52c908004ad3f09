import { Link } from "@tanstack/react-router";
import { ChevronRight, CircleAlert, CircleCheck, TriangleAlert } from "lucide-react";
import { useBudgetName } from "../usage/budget-name";
import { useWords } from "../words";
import type { Concern } from "./attention";

/** What wants attention, or that nothing does. */
export function AttentionList({ concerns }: { concerns: readonly Concern[] }) {
  const { t } = useWords();
  if (concerns.length === 0) {
    return (
      <p className="flex items-center gap-3 rounded-2xl border border-line bg-surface px-5 py-4 text-sm">
        <CircleCheck aria-hidden className="size-5 shrink-0 text-good" />
        {t("nothingWrong")}
      </p>
    );
  }
  return (
    <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface">
      {concerns.map((concern) => (
        <li key={`${concern.kind}:${JSON.stringify(concern.with)}`}>
          <Row concern={concern} />
        </li>
      ))}
    </ul>
  );
}

function Row({ concern }: { concern: Concern }) {
  const words = useConcern(concern);
  const Icon = concern.tone === "bad" ? CircleAlert : TriangleAlert;
  const inner = (
    <>
      <Icon
        aria-hidden
        className={`size-5 shrink-0 ${concern.tone === "bad" ? "text-bad" : "text-warn"}`}
      />
      <span className="min-w-0 flex-1 break-words">{words}</span>
    </>
  );
  const className = "flex items-center gap-3 px-5 py-3.5 text-sm";
  if (!concern.to) return <div className={className}>{inner}</div>;
  const search = linkSearch(concern);
  return (
    <Link to={concern.to} search={search} className={`${className} hover:bg-sunken`}>
      {inner}
      <ChevronRight aria-hidden className="size-4 shrink-0 text-soft rtl:rotate-180" />
    </Link>
  );
}

function linkSearch(concern: Concern): Record<string, string> {
  if (concern.to === "/library" || concern.to === "/admin/jobs") return { state: "failed" };
  if (concern.kind === "securityEvents") return { view: "security" };
  return concern.kind === "access" ? { view: "review" } : {};
}

function useConcern(concern: Concern): string {
  const { t } = useWords();
  const budgetName = useBudgetName();
  const { kind } = concern;
  const count = Number(concern.with.count ?? 0);
  switch (kind) {
    case "part":
      return String(concern.with.text);
    case "budgetReached":
    case "budgetAlert": {
      const name = budgetName(String(concern.with.kind), String(concern.with.subject));
      return t(`concern.${kind}`, { name });
    }
    case "readOnly":
    case "certificateExpired":
    case "certificateRenewal":
      return t(`concern.${kind}`);
    default:
      return t(`concern.${kind}`, { count });
  }
}
