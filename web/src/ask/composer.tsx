/** The box for questions. What is typed is kept until it is sent. */
import { ArrowUp, Square } from "lucide-react";
import {
  type ReactNode,
  type Ref,
  useImperativeHandle,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { draft, keepDraft } from "./kept";

/** What others may do with the box. */
export interface Box {
  /** Puts words in and goes there. */
  edit(text: string): void;
  focus(): void;
}

const HEIGHT_MAX = 220;

export function Composer({
  conversation,
  box,
  label,
  busy,
  autoFocus = false,
  compact = false,
  tools,
  onSend,
  onStop,
  onLast,
}: {
  /** Whose words are kept. */
  conversation: string;
  box?: Ref<Box>;
  label: string;
  /** Whether an answer is on its way, which can be stopped. */
  busy: boolean;
  autoFocus?: boolean;
  /** Whether it takes one line on a small screen until somebody writes. */
  compact?: boolean;
  /** What stands beside the button. */
  tools?: ReactNode;
  onSend(question: string): void;
  onStop(): void;
  /** The question before, to be changed. */
  onLast?(): string | undefined;
}) {
  const { t } = useTranslation("ask");
  const area = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => draft(conversation));
  const set = (next: string) => {
    setText(next);
    keepDraft(conversation, next);
  };
  useImperativeHandle(box, () => ({
    edit(next) {
      set(next);
      const element = area.current;
      element?.focus();
      // After the words are drawn.
      requestAnimationFrame(() => element?.setSelectionRange(next.length, next.length));
    },
    focus: () => area.current?.focus(),
  }));
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows from the words
  useLayoutEffect(() => {
    const element = area.current;
    if (!element) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight, HEIGHT_MAX)}px`;
  }, [text]);
  const send = () => {
    const question = text.trim();
    if (question === "" || busy) return;
    set("");
    onSend(question);
  };
  return (
    <form
      className={`group rounded-2xl border border-edge bg-raised shadow-card focus-within:border-accent focus-within:outline-1 focus-within:outline-accent ${compact ? "max-sm:flex max-sm:flex-wrap max-sm:items-end" : ""}`}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={area}
        rows={1}
        // biome-ignore lint/a11y/noAutofocus: on the page for a new question it is what one has come for
        autoFocus={autoFocus}
        aria-label={label}
        placeholder={label}
        value={text}
        enterKeyHint="send"
        className={`block max-h-56 w-full min-w-0 resize-none overflow-y-auto bg-transparent px-4 pt-3.5 pb-1 text-base outline-none ${compact ? "max-sm:w-auto max-sm:flex-1 max-sm:pb-3.5 max-sm:group-focus-within:w-full max-sm:group-focus-within:flex-none max-sm:group-focus-within:pb-1" : ""}`}
        onChange={(event) => set(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
            event.preventDefault();
            send();
          } else if (event.key === "ArrowUp" && text === "") {
            const last = onLast?.();
            if (last === undefined) return;
            event.preventDefault();
            set(last);
          }
        }}
      />
      <div
        className={`flex items-center gap-2 p-2 ${compact ? "max-sm:group-focus-within:w-full max-sm:group-has-data-[state=open]:w-full" : ""}`}
      >
        <div
          className={`min-w-0 flex-1 ${compact ? "max-sm:hidden max-sm:group-focus-within:block max-sm:group-has-data-[state=open]:block" : ""}`}
        >
          {tools}
        </div>
        {busy ? (
          <button
            type="button"
            aria-label={t("stop")}
            title={t("stop")}
            className="flex size-10 shrink-0 items-center justify-center rounded-xl border border-edge bg-raised hover:bg-sunken"
            onClick={onStop}
          >
            <Square aria-hidden className="size-4 fill-current" />
          </button>
        ) : (
          <button
            type="submit"
            aria-label={t("send")}
            title={t("send")}
            aria-disabled={text.trim() === ""}
            className={`flex size-10 shrink-0 items-center justify-center rounded-xl transition-colors ${text.trim() === "" ? "bg-sunken text-soft" : "bg-accent text-on-accent hover:bg-accent-strong"}`}
          >
            <ArrowUp aria-hidden className="size-5" />
          </button>
        )}
      </div>
    </form>
  );
}
