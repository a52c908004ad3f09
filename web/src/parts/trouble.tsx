import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem, Unreachable } from "@/api/problem";
import { Button } from "./button";

/** What went wrong, in a sentence for a person. */
export function useSentence(): (error: unknown) => string {
  const { t } = useTranslation();
  return (error) => {
    if (error instanceof Unreachable) return t("unreachable");
    if (error instanceof Problem) {
      if (!error.retryAfter) return sentence(error.detail);
      // The server's sentence may end with the time as well; once is enough, and in the reader's words.
      const what = error.detail.replace(/[:;] (come back|try again) in \d+ s$/, "");
      return `${sentence(what)} ${t("comeBack", { count: Math.ceil(error.retryAfter) })}`;
    }
    return t("ourFault");
  };
}

/** What went wrong, and what can be done: at least trying again. */
export function Trouble({
  error,
  onRetry,
  children,
}: {
  error: unknown;
  onRetry?: () => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  const say = useSentence();
  return (
    <div
      role="alert"
      className="flex items-start gap-3 rounded-xl border border-bad bg-bad-tint px-4 py-3 text-sm text-bad"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0 flex-1">
        <p className="break-words">{say(error)}</p>
        {children}
      </div>
      {onRetry && <Button onClick={onRetry}>{t("tryAgain")}</Button>}
    </div>
  );
}

/** The server's sentences begin small, as in a log; here they stand alone. */
export function sentence(text: string): string {
  const begun = text.charAt(0).toLocaleUpperCase() + text.slice(1);
  return /[.!?…。]$/.test(begun) ? begun : `${begun}.`;
}
