import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem, Unreachable } from "@/api/problem";
import { Button } from "./button";
import { useFormats } from "./format";

/** What went wrong, in a sentence for a person. */
export function useSentence(): (error: unknown) => string {
  const { t } = useTranslation();
  const { moment } = useFormats();
  const again = ({ retryAfter, from }: Problem) => {
    if (!retryAfter || from === undefined) return "";
    if (retryAfter <= SECONDS_MAX) return ` ${t("comeBack", { count: Math.ceil(retryAfter) })}`;
    // To the minute: a second too early would name the day before.
    const when = new Date(Math.round(from / 60_000) * 60_000).toISOString();
    return ` ${t("comeBackAt", { when: moment(when) })}`;
  };
  return (error) => {
    if (error instanceof Unreachable) return t("unreachable");
    if (error instanceof Problem) {
      const when = again(error);
      // The server's sentence may end with the time as well; once is enough, and in the reader's words.
      const what = when && error.detail.replace(/[:;] (come back|try again) in \d+ s$/, "");
      return sentence(what || error.detail) + when;
    }
    return t("ourFault");
  };
}

/** A longer wait is told by its end. */
const SECONDS_MAX = 120;

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
