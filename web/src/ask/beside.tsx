/** The reader beside an answer; on small screens a page of its own. */
import { useNavigate } from "@tanstack/react-router";
import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "@/parts/progress";
import type { Target } from "./citation";

const ReaderPane = lazy(() =>
  import("@/reader/pane").then((pane) => ({ default: pane.ReaderPane })),
);

/** From this width on, an answer and a page stand side by side. */
const WIDE = "(min-width: 64rem)";

/** What is open beside the answer, and what opens and closes it. */
export function useBeside() {
  const navigate = useNavigate();
  const [target, setTarget] = useState<Target>();
  const opener = useRef<HTMLElement | null>(null);
  const open = useCallback(
    (next: Target) => {
      if (!matchMedia(WIDE).matches) {
        void navigate({
          to: "/read/$document",
          params: { document: next.document },
          search: {
            ...next.span,
            ...(next.page !== undefined && { page: next.page }),
          },
        });
        return;
      }
      opener.current =
        document.activeElement instanceof HTMLElement ? document.activeElement : null;
      setTarget(next);
    },
    [navigate],
  );
  const close = useCallback(() => {
    setTarget(undefined);
    opener.current?.focus();
  }, []);
  useEffect(() => {
    if (!target) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      if (document.querySelector("dialog[open], [data-radix-popper-content-wrapper]")) return;
      close();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [target, close]);
  return { target, open, close };
}

export function Beside({ target, onClose }: { target: Target; onClose(): void }) {
  const { t } = useTranslation("ask");
  return (
    <aside
      aria-label={t("beside", { title: target.title })}
      className="sticky top-0 hidden h-dvh w-[48%] shrink-0 border-s border-line bg-surface lg:block"
    >
      <Suspense fallback={<Loading />}>
        <ReaderPane
          key={target.document}
          document={target.document}
          span={target.span}
          quote={target.quote}
          asked={target}
          {...(target.page !== undefined && { page: target.page })}
          compact
          onClose={onClose}
        />
      </Suspense>
    </aside>
  );
}
