/** What stands around every page: the ways to the others, the state of the connection, the notices. */
import { Link, Outlet, useNavigate } from "@tanstack/react-router";
import { BookOpen, Command, MessageCircleQuestion, Search, Settings2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { mayAdminister } from "@/admin/tabs";
import { IconButton } from "@/parts/button";
import { Loading } from "@/parts/progress";
import { ConnectionBar } from "./connection-bar";
import { KeyHelp } from "./help";
import { useMe, useStanding } from "./identity";
import { useShortcut } from "./keys";
import { OwnMenu } from "./own-menu";

const Palette = lazy(() => import("@/search/palette"));

const SignInAgain = lazy(() => import("@/sign-in/again"));

const DropAnywhere = lazy(() => import("@/library/drop"));

/** The frame of the application. */
export function Shell() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const standing = useStanding();
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  const mayAdmin = me !== undefined && mayAdminister(me.scopes);
  const mayAsk = me?.scopes.includes("ask") ?? false;
  const mayPutIn = me?.scopes.includes("ingest") ?? false;
  const group = t("keysAnywhere");
  useShortcut({ keys: "?", label: t("keys"), group }, () => setHelp(true));
  useShortcut({ keys: "Mod+k", label: t("palette"), group }, () => setPalette(true));
  useShortcut({ keys: "/", label: t("focusSearch"), group }, () => {
    const box = document.querySelector<HTMLElement>("[data-search]");
    if (box) box.focus();
    else void navigate({ to: "/search" });
  });
  useShortcut({ keys: "g l", label: t("library"), group }, () => void navigate({ to: "/library" }));
  useShortcut({ keys: "g a", label: t("ask"), group }, () => void navigate({ to: "/ask" }));
  useShortcut({ keys: "g s", label: t("search"), group }, () => void navigate({ to: "/search" }));

  const ways: Way[] = [
    ...(mayAsk || mayPutIn
      ? [
          {
            to: "/library",
            label: t("library"),
            icon: <BookOpen aria-hidden className="size-5" />,
          } as const,
        ]
      : []),
    ...(mayAsk
      ? [
          {
            to: "/ask",
            label: t("ask"),
            icon: <MessageCircleQuestion aria-hidden className="size-5" />,
          } as const,
          {
            to: "/search",
            label: t("search"),
            icon: <Search aria-hidden className="size-5" />,
          } as const,
        ]
      : []),
    ...(mayAdmin
      ? [
          {
            to: "/admin",
            label: t("administration"),
            short: t("administrationShort"),
            icon: <Settings2 aria-hidden className="size-5" />,
          } as const,
        ]
      : []),
  ];
  return (
    <div className="flex min-h-dvh flex-col md:flex-row">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:fixed focus:start-4 focus:top-4 focus:z-50 focus:rounded-lg focus:bg-accent focus:px-4 focus:py-2 focus:text-on-accent"
      >
        {t("skip")}
      </a>
      <header className="sticky top-0 z-30 flex items-center justify-between gap-2 border-b border-line bg-paper px-4 py-2 md:h-dvh md:w-20 md:shrink-0 md:flex-col md:justify-start md:border-e md:border-b-0 md:px-2 md:py-4 xl:w-52 xl:items-stretch xl:px-3">
        <Link
          to="/library"
          className="flex items-center gap-2.5 rounded-lg p-1 xl:px-2"
          aria-label={t("home")}
        >
          <img src="/icon.svg" alt="" width="32" height="32" className="size-8" />
          <span className="font-serif text-lg font-semibold md:hidden xl:inline">Alexandria</span>
        </Link>
        <nav
          aria-label={t("pages")}
          className="hidden md:mt-6 md:flex md:w-full md:flex-col md:gap-1"
        >
          {ways.map((way) => (
            <SideWay key={way.to} {...way} />
          ))}
        </nav>
        <div className="flex items-center gap-1 md:mt-auto md:flex-col xl:flex-row xl:justify-between">
          <IconButton label={t("palette")} onClick={() => setPalette(true)}>
            <Command aria-hidden className="size-5" />
          </IconButton>
          <OwnMenu onHelp={() => setHelp(true)} />
        </div>
      </header>
      <div className="flex min-w-0 flex-1 flex-col pb-16 md:pb-0">
        <ConnectionBar />
        <main id="main" tabIndex={-1} className="min-w-0 flex-1 outline-none">
          <Suspense fallback={<Loading />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <nav
        aria-label={t("pages")}
        className="fixed inset-x-0 bottom-0 z-30 grid auto-cols-fr grid-flow-col border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
      >
        {ways.map((way) => (
          <Link
            key={way.to}
            to={way.to}
            className="flex min-h-14 flex-col items-center justify-center gap-0.5 px-1 text-xs text-soft data-[status=active]:font-semibold data-[status=active]:text-accent"
          >
            {way.icon}
            <span className="max-w-full truncate">{way.short ?? way.label}</span>
          </Link>
        ))}
      </nav>
      <KeyHelp open={help} onClose={() => setHelp(false)} />
      <Suspense fallback={null}>
        {palette && <Palette onClose={() => setPalette(false)} />}
        {standing.kind === "expired" && <SignInAgain user={standing.user} />}
        {mayPutIn && <DropAnywhere />}
      </Suspense>
    </div>
  );
}

interface Way {
  to: "/library" | "/ask" | "/search" | "/admin";
  label: string;
  /** What stands in the bar of a phone, where the label has no room. */
  short?: string;
  icon: ReactNode;
}

function SideWay({ to, label, icon }: Way) {
  return (
    <Link
      to={to}
      className="flex flex-col items-center gap-1 rounded-lg px-2 py-2 text-xs text-soft hover:bg-sunken hover:text-ink data-[status=active]:bg-tint data-[status=active]:font-semibold data-[status=active]:text-accent-strong xl:flex-row xl:gap-3 xl:px-3 xl:text-sm"
    >
      {icon}
      <span className="max-w-full truncate">{label}</span>
    </Link>
  );
}
