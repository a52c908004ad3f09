/** The frame of the administration: the ways to its parts, as far as somebody may see them. */
import { Link, Outlet, useLocation } from "@tanstack/react-router";
import {
  Activity,
  ChartColumn,
  FlaskConical,
  KeyRound,
  ListChecks,
  type LucideIcon,
  ScrollText,
  SlidersHorizontal,
  UsersRound,
} from "lucide-react";
import { useEffect, useRef } from "react";
import { useMe } from "@/app/identity";
import { type Tab, tabsFor } from "./tabs";
import { useWords } from "./words";

const ICONS: Record<Tab["name"], LucideIcon> = {
  overview: Activity,
  people: UsersRound,
  keys: KeyRound,
  usage: ChartColumn,
  jobs: ListChecks,
  audit: ScrollText,
  quality: FlaskConical,
  settings: SlidersHorizontal,
};

export function AdminFrame() {
  const list = useRef<HTMLUListElement>(null);
  const place = useLocation({ select: (location) => location.pathname });
  // On a phone the tabs scroll sideways; the one that is open is always in sight.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place has another tab
  useEffect(() => {
    const open = list.current?.querySelector('[data-status="active"]');
    open?.scrollIntoView({ inline: "center", block: "nearest" });
  }, [place]);
  const { t } = useWords();
  const me = useMe();
  const tabs = tabsFor(me?.scopes ?? [], Boolean(me?.user));
  return (
    <div className="mx-auto flex w-full max-w-[96rem] flex-col lg:flex-row">
      <nav
        aria-label={t("parts")}
        className="sticky top-[3.3rem] z-20 border-b border-line bg-paper md:top-0 lg:h-dvh lg:w-52 lg:shrink-0 lg:border-e lg:border-b-0 lg:py-6"
      >
        <ul
          ref={list}
          className="relative flex gap-1 overflow-x-auto px-3 py-2 lg:flex-col lg:overflow-visible"
        >
          {tabs.map((tab) => {
            const Icon = ICONS[tab.name];
            return (
              <li key={tab.name} className="shrink-0">
                <Link
                  to={tab.to}
                  activeOptions={{ exact: tab.to === "/admin", includeSearch: false }}
                  className="flex items-center gap-2.5 rounded-lg px-3 py-2 text-sm text-soft hover:bg-sunken hover:text-ink data-[status=active]:bg-tint data-[status=active]:font-medium data-[status=active]:text-accent-strong"
                >
                  <Icon aria-hidden className="size-4" />
                  {t(tab.name)}
                </Link>
              </li>
            );
          })}
        </ul>
      </nav>
      <div className="min-w-0 flex-1">
        <Outlet />
      </div>
    </div>
  );
}
