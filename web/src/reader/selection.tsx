/** What can be done with words that are selected: share the very place, quote it, ask about it. */
import { useNavigate } from "@tanstack/react-router";
import { Link2, MessageCircleQuestion, Quote } from "lucide-react";
import { type RefObject, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import { useMay } from "@/app/identity";
import { notify } from "@/app/notices";
import { useSentence } from "@/parts/trouble";
import { linkTo, reference } from "./link";
import type { Span } from "./pieces";
import { spanOf } from "./selected";
import type { Document } from "./wire";

interface Selected {
  readonly span: Span;
  readonly page: number | undefined;
  readonly top: number;
  readonly left: number;
}

/** A selection longer than this is not put into a question. */
const QUESTION_BYTES_MAX = 600;
const SETTLE_MS = 150;
const BAR_WIDTH = 260;

export function SelectionBar({
  document,
  root,
}: {
  document: Document;
  root: RefObject<HTMLElement | null>;
}) {
  const { t } = useTranslation(["reader", "common"]);
  const navigate = useNavigate();
  const say = useSentence();
  const mayAsk = useMay("ask");
  const selected = useSelected(root);
  if (!selected) return null;
  const { span, page } = selected;
  const words = async () => {
    const stored = await got(
      api.GET("/api/v1/documents/{document}/text", {
        params: { path: { document: document.id }, query: { start: span.start, end: span.end } },
      }),
    );
    return stored.text.trim();
  };
  const copy = async (make: () => Promise<string> | string) => {
    try {
      await navigator.clipboard.writeText(await make());
      notify(t("common:copied"));
    } catch (error) {
      notify(say(error), { tone: "bad" });
    }
  };
  const ask = async () => {
    try {
      const question = t("askAboutQuote", { quote: await words() });
      await navigate({ to: "/ask", search: { question, document: document.id } });
    } catch (error) {
      notify(say(error), { tone: "bad" });
    }
  };
  const link = linkTo(document.id, { span, ...(page !== undefined && { page }) });
  return (
    <div
      role="toolbar"
      aria-label={t("selection")}
      className="fixed z-40 flex max-w-[calc(100vw-1rem)] flex-wrap justify-center gap-0.5 rounded-xl border border-line bg-raised p-1 text-sm shadow-card"
      style={{ top: selected.top, left: selected.left }}
      // The selection is not lost by pressing a button.
      onPointerDown={(event) => event.preventDefault()}
    >
      <button type="button" className={ACT} onClick={() => void copy(() => link)}>
        <Link2 aria-hidden className="size-4" />
        {t("copyLink")}
      </button>
      <button
        type="button"
        className={ACT}
        onClick={() =>
          void copy(async () =>
            reference(await words(), document, page ? t("page", { page }) : undefined, link),
          )
        }
      >
        <Quote aria-hidden className="size-4" />
        {t("copyQuote")}
      </button>
      {mayAsk && span.end - span.start <= QUESTION_BYTES_MAX && (
        <button type="button" className={ACT} onClick={() => void ask()}>
          <MessageCircleQuestion aria-hidden className="size-4" />
          {t("askAbout")}
        </button>
      )}
    </div>
  );
}

const ACT =
  "inline-flex min-h-9 items-center gap-1.5 whitespace-nowrap rounded-lg px-2.5 py-1.5 hover:bg-sunken";

/** What is selected inside an element, when it has settled. */
function useSelected(root: RefObject<HTMLElement | null>): Selected | undefined {
  const [selected, setSelected] = useState<Selected>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = () => setSelected(root.current ? selectedIn(root.current) : undefined);
    const onChange = () => {
      clearTimeout(timer);
      timer = setTimeout(look, SETTLE_MS);
    };
    const hide = () => setSelected(undefined);
    const element = root.current;
    globalThis.document.addEventListener("selectionchange", onChange);
    element?.addEventListener("scroll", hide, { capture: true, passive: true });
    return () => {
      clearTimeout(timer);
      globalThis.document.removeEventListener("selectionchange", onChange);
      element?.removeEventListener("scroll", hide, { capture: true });
    };
  }, [root]);
  return selected;
}

function selectedIn(root: HTMLElement): Selected | undefined {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return undefined;
  const range = selection.getRangeAt(0);
  if (!root.contains(range.commonAncestorContainer)) return undefined;
  const span = spanOf(range, root);
  if (!span) return undefined;
  const begin = range.startContainer.parentElement?.closest<HTMLElement>("[data-page]");
  const page = begin ? Number(begin.dataset.page) : undefined;
  const box = range.getBoundingClientRect();
  const above = box.top - 56;
  const top = above > 60 ? above : Math.min(innerHeight - 60, box.bottom + 12);
  const left = Math.max(
    8,
    Math.min(innerWidth - BAR_WIDTH - 150, box.left + box.width / 2 - BAR_WIDTH / 2),
  );
  return { span, page, top, left };
}
