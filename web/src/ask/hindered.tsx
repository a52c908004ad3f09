/** A question that was not answered: why, and what can be done. The question itself is never lost. */
import { CircleAlert, Pause } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { useMe } from "@/app/identity";
import { Button, LinkButton } from "@/parts/button";
import { useSentence } from "@/parts/trouble";
import { hindranceOf } from "./reasons";

export function Hindered({
  error,
  onRetry,
  onEdit,
}: {
  error: unknown;
  onRetry(): void;
  onEdit(): void;
}) {
  const { t } = useTranslation(["ask", "common"]);
  const say = useSentence();
  const scopes = useMe()?.scopes ?? [];
  const hindrance = hindranceOf(error);
  const wait = useCountdown(error instanceof Problem ? error.retryAfter : undefined);
  const mayRaise = scopes.includes("budget") || scopes.includes("usage");
  return (
    <div role="alert" className="rounded-2xl border border-bad bg-bad-tint p-5 text-sm">
      <div className="flex items-start gap-3">
        <CircleAlert aria-hidden className="mt-0.5 size-4.5 shrink-0 text-bad" />
        <div className="min-w-0 flex-1">
          <p className="font-semibold text-bad">{t(`hindrance.${hindrance}`)}</p>
          <p className="mt-1 break-words text-ink">{say(error)}</p>
          <p className="mt-1 text-ink">
            {hindrance === "budget" && mayRaise ? t("remedy.budget.own") : t(`remedy.${hindrance}`)}
          </p>
          <div className="mt-3.5 flex flex-wrap gap-2">
            <Button look="primary" disabled={wait > 0} onClick={onRetry}>
              {wait > 0 ? t("askAgainIn", { count: wait }) : t("askAgain")}
            </Button>
            <Button onClick={onEdit}>{t("rephrase")}</Button>
            {hindrance === "budget" && mayRaise && (
              <LinkButton to="/admin/usage">{t("toBudgets")}</LinkButton>
            )}
          </div>
        </div>
      </div>
    </div>
  );
}

/** An answer that was stopped, or that nobody waited for. */
export function Paused({
  text,
  onRetry,
  onEdit,
}: {
  text: string;
  onRetry(): void;
  onEdit(): void;
}) {
  const { t } = useTranslation("ask");
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm text-soft">
      <span className="inline-flex items-center gap-2">
        <Pause aria-hidden className="size-4 shrink-0" />
        {text}
      </span>
      <span className="flex gap-2">
        <Button onClick={onRetry}>{t("askAgain")}</Button>
        <Button look="quiet" onClick={onEdit}>
          {t("rephrase")}
        </Button>
      </span>
    </div>
  );
}

/** The seconds that are left. */
function useCountdown(seconds: number | undefined): number {
  const [left, setLeft] = useState(Math.ceil(seconds ?? 0));
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => setLeft(left - 1), 1_000);
    return () => clearTimeout(timer);
  }, [left]);
  // A month's end is no moment to wait for on a page.
  return left > 3_600 ? 0 : left;
}
