/** Short notices at the edge of the page, read out by screen readers; some can be undone. */
import { X } from "lucide-react";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";

/** A notice. */
export interface Notice {
  readonly id: number;
  readonly text: string;
  readonly tone: "plain" | "good" | "bad";
  /** What can be done about it, and the words for that. */
  readonly action?: { readonly label: string; run(): void };
}

const SHOWN_MS = 6_000;
const SHOWN_MAX = 4;

let notices: readonly Notice[] = [];
let last = 0;
const listeners = new Set<() => void>();

/** Shows a notice; returns what takes it away. */
export function notify(
  text: string,
  options: { tone?: Notice["tone"]; action?: Notice["action"]; shownMs?: number } = {},
): () => void {
  last += 1;
  const id = last;
  const notice: Notice = {
    id,
    text,
    tone: options.tone ?? "plain",
    ...(options.action && { action: options.action }),
  };
  // Said again, it is still one thing to read.
  const others = notices.filter((one) => one.text !== text || one.action);
  set([...others, notice].slice(-SHOWN_MAX));
  const timer = setTimeout(() => dismiss(id), options.shownMs ?? SHOWN_MS);
  return () => {
    clearTimeout(timer);
    dismiss(id);
  };
}

function dismiss(id: number): void {
  set(notices.filter((notice) => notice.id !== id));
}

function set(next: readonly Notice[]): void {
  notices = next;
  for (const listener of listeners) listener();
}

/** Where the notices are shown: on the page, and in each dialog, beneath which the page is out of reach. */
export function Notices() {
  const { t } = useTranslation();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => notices,
  );
  return (
    <section
      aria-label={t("notices")}
      aria-live="polite"
      // Above what else stands at the bottom of a page and is used there.
      className="pointer-events-none fixed inset-x-0 bottom-20 z-50 flex flex-col items-center gap-2 px-4 md:bottom-6 [body:has([data-floor])_&]:bottom-52 md:[body:has([data-floor])_&]:bottom-36"
    >
      {shown.map((notice) => (
        <div
          key={notice.id}
          className={`pointer-events-auto flex max-w-lg items-center gap-3 rounded-lg border px-4 py-2.5 text-sm shadow-card ${TONES[notice.tone]}`}
        >
          <span className="min-w-0 break-words">{notice.text}</span>
          {notice.action && (
            <button
              type="button"
              className="shrink-0 rounded px-2 py-1 font-semibold underline underline-offset-2"
              onClick={() => {
                notice.action?.run();
                dismiss(notice.id);
              }}
            >
              {notice.action.label}
            </button>
          )}
          <button
            type="button"
            aria-label={t("dismiss")}
            className="-me-2 shrink-0 rounded p-1.5"
            onClick={() => dismiss(notice.id)}
          >
            <X aria-hidden className="size-4" />
          </button>
        </div>
      ))}
    </section>
  );
}

const TONES: Record<Notice["tone"], string> = {
  plain: "border-line bg-raised text-ink",
  good: "border-good bg-good-tint text-good",
  bad: "border-bad bg-bad-tint text-bad",
};
