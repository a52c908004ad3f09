/** What stands around a conversation: the list of conversations before it, the reader behind it. */

import { useNavigate } from "@tanstack/react-router";
import { PanelLeft, SquarePen } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/parts/button";
import { Drawer } from "@/parts/drawer";
import { Beside } from "./beside";
import type { Target } from "./citation";
import { History } from "./history";

const PLACE = "alexandria.ask.history";
/** From these widths on the list has a column of its own: without the reader, and beside it. */
const WIDE = "(min-width: 64rem)";
const VERY_WIDE = "(min-width: 96rem)";

export function Frame({
  current,
  target,
  onCloseReader,
  bar,
  children,
}: {
  /** The conversation that is open. */
  current?: string;
  target?: Target | undefined;
  onCloseReader(): void;
  /** What stands at the top of the conversation. */
  bar: ReactNode;
  children: ReactNode;
}) {
  const { t } = useTranslation("ask");
  const navigate = useNavigate();
  const [column, setColumn] = useState(() => localStorage.getItem(PLACE) !== "closed");
  const [drawer, setDrawer] = useState(false);
  const toggle = () => {
    if (!matchMedia(target ? VERY_WIDE : WIDE).matches) {
      setDrawer(true);
      return;
    }
    localStorage.setItem(PLACE, column ? "closed" : "open");
    setColumn(!column);
  };
  // Beside the reader the list would leave too little room for the answer.
  const shown = target ? "hidden 2xl:block" : "hidden lg:block";
  return (
    <div className="flex items-start">
      {column && (
        <aside
          aria-label={t("conversations")}
          className={`sticky top-0 h-dvh w-64 shrink-0 border-e border-line px-4 pt-3 pb-4 ${shown}`}
        >
          <History current={current} />
        </aside>
      )}
      <div className="flex min-h-[calc(100dvh-7.4rem)] min-w-0 flex-1 flex-col md:min-h-dvh">
        <div className="sticky top-[3.3rem] z-20 flex h-13 shrink-0 items-center gap-1 bg-paper px-2 sm:px-3 md:top-0 md:h-15">
          <IconButton
            label={t("showConversations")}
            aria-expanded={drawer || undefined}
            onClick={toggle}
          >
            <PanelLeft aria-hidden className="size-5 rtl:-scale-x-100" />
          </IconButton>
          <div className="flex min-w-0 flex-1 items-center gap-1">{bar}</div>
          {current !== undefined && (
            <IconButton label={t("newConversation")} onClick={() => void navigate({ to: "/ask" })}>
              <SquarePen aria-hidden className="size-5" />
            </IconButton>
          )}
        </div>
        {children}
      </div>
      {target && <Beside target={target} onClose={onCloseReader} />}
      {drawer && (
        <Drawer title={t("conversations")} onClose={() => setDrawer(false)}>
          <History current={current} onChosen={() => setDrawer(false)} />
        </Drawer>
      )}
    </div>
  );
}
