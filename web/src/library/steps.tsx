/** The way of a document into the library, step by step, with how far each has come. */
import { Check, Circle, CircleAlert, LoaderCircle } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/parts/format";
import { Progress } from "@/parts/progress";
import type { Document } from "./queries";
import { isCancelled, useReading } from "./state";
import { isReady, type Reading } from "./uploads/follow";

type Mark = "done" | "now" | "later" | "failed";

export function Steps({ document }: { document: Document }) {
  const { t } = useTranslation("library");
  const { number, percent } = useFormats();
  const pace = usePace();
  const reading = useReading(document);
  const now = reading.document;
  const { step } = reading;
  const isRead = now.state === "searchable" || now.state === "ready";
  const failed = now.state === "failed";
  const read: Mark = failed
    ? "failed"
    : isRead
      ? "done"
      : now.state === "reading"
        ? "now"
        : "later";
  const meant: Mark = now.state === "ready" ? "done" : isRead ? "now" : "later";
  const share = now.chunks > 0 ? now.embedded / now.chunks : 0;
  const ofStep = step?.total ? { done: step.done, total: step.total } : {};
  return (
    <section aria-labelledby="details-steps">
      <h3 id="details-steps" className="mb-2 text-sm font-semibold">
        {t("state")}
      </h3>
      <ol className="flex flex-col gap-2.5 text-sm">
        <Step mark="done" words={t("stepStored")} />
        <Step
          mark={read}
          words={
            failed
              ? t(isCancelled(now) ? "stateCancelled" : "stateFailed")
              : isRead
                ? t("stepRead")
                : now.state === "queued"
                  ? t("stateQueued")
                  : t("stateReading")
          }
          more={read === "now" ? pace(reading) : ""}
        >
          {read === "now" && <Progress label={t("stateReading")} {...ofStep} />}
        </Step>
        {!failed && <Step mark={isRead ? "done" : "later"} words={t("stepSearchable")} />}
        {!failed && !(isReady(now) && now.state === "searchable") && (
          <Step
            mark={meant}
            words={meant === "done" ? t("stepMeaning") : t("stepMeaningNow")}
            more={
              meant === "now"
                ? t("passagesOf", { done: number(now.embedded), total: number(now.chunks) })
                : ""
            }
          >
            {meant === "now" && (
              <Progress
                label={`${t("stepMeaningNow")} ${percent(share)}`}
                {...(step ? ofStep : { done: now.embedded, total: now.chunks })}
              />
            )}
          </Step>
        )}
      </ol>
    </section>
  );
}

function Step({
  mark,
  words,
  more,
  children,
}: {
  mark: Mark;
  words: string;
  more?: string;
  children?: React.ReactNode;
}) {
  const icons = {
    done: <Check aria-hidden className="size-4 text-good" />,
    now: <LoaderCircle aria-hidden className="size-4 animate-spin text-accent" />,
    later: <Circle aria-hidden className="size-4 text-soft" />,
    failed: <CircleAlert aria-hidden className="size-4 text-bad" />,
  };
  return (
    <li className="flex gap-2.5" aria-current={mark === "now" ? "step" : undefined}>
      <span className="mt-0.5 shrink-0">{icons[mark]}</span>
      <div className="min-w-0 flex-1">
        <p className={mark === "later" ? "text-soft" : mark === "failed" ? "text-bad" : ""}>
          {words}
          {more && <span className="text-soft"> · {more}</span>}
        </p>
        {children && <div className="mt-1.5">{children}</div>}
      </div>
    </li>
  );
}

/** Pages, how fast, and how long it will take: "12 of 300 pages · 4 a second · about 1 min". */
export function usePace(): (reading: Reading) => string {
  const { t } = useTranslation("library");
  const { number } = useFormats();
  return ({ step, rate }) => {
    if (step?.unit !== "pages" || step.done === 0) return "";
    const words = step.total
      ? t("pagesOf", { done: number(step.done), total: number(step.total) })
      : t("pages", { count: step.done });
    if (rate === undefined) return words;
    const speed = t("rate", { rate: number(rate, rate < 10 ? 1 : 0) });
    const seconds = step.total ? (step.total - step.done) / rate : 0;
    const left =
      seconds >= 90
        ? ` · ${t("minutesLeft", { count: Math.round(seconds / 60) })}`
        : seconds >= 5
          ? ` · ${t("secondsLeft", { count: Math.round(seconds / 5) * 5 })}`
          : "";
    return `${words} · ${speed}${left}`;
  };
}
