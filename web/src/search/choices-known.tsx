/** What the palette always offers: the pages and what can be done. */
import { useNavigate } from "@tanstack/react-router";
import {
  BookOpen,
  Languages,
  LogOut,
  MessageCircleQuestion,
  Moon,
  Plus,
  Search,
  Settings2,
  Sun,
  SunMoon,
  Upload,
  UserRound,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { type Scope, signOut, useMe } from "@/app/identity";
import { choose, type Theme } from "@/app/theme";
import { LANGUAGES, type Language, speak } from "@/words/words";
import type { Choice } from "./choices";

const ICON = "size-4.5";

/** The parts of the administration, and what one of has to be allowed to see each. */
const ADMIN: readonly { page: AdminPage; to: string; any: readonly Scope[] }[] = [
  {
    page: "overview",
    to: "/admin",
    any: ["admin", "people", "usage", "budget", "audit", "operate"],
  },
  { page: "people", to: "/admin/people", any: ["people"] },
  { page: "keys", to: "/admin/keys", any: ["people"] },
  { page: "usage", to: "/admin/usage", any: ["usage", "budget"] },
  { page: "jobs", to: "/admin/jobs", any: ["operate", "ingest"] },
  { page: "audit", to: "/admin/audit", any: ["audit"] },
  { page: "quality", to: "/admin/quality", any: ["admin"] },
  { page: "settings", to: "/admin/settings", any: ["operate"] },
];

type AdminPage =
  | "overview"
  | "people"
  | "keys"
  | "usage"
  | "jobs"
  | "audit"
  | "quality"
  | "settings";

export function usePages(): Choice[] {
  const { t } = useTranslation("search");
  const { t: common } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const may = (scopes: readonly Scope[]) => scopes.some((scope) => me?.scopes.includes(scope));
  const page = (to: string, label: string, icon: ReactNode, keys?: string): Choice => ({
    id: `page ${to}`,
    label,
    icon,
    ...(keys && { keys }),
    run: () => void navigate({ to }),
  });
  return [
    ...(may(["ask", "ingest"])
      ? [page("/library", common("library"), <BookOpen aria-hidden className={ICON} />, "g l")]
      : []),
    ...(may(["ask"])
      ? [
          page(
            "/ask",
            common("ask"),
            <MessageCircleQuestion aria-hidden className={ICON} />,
            "g a",
          ),
          page("/search", common("search"), <Search aria-hidden className={ICON} />, "g s"),
        ]
      : []),
    ...(me?.user
      ? [page("/account", common("account"), <UserRound aria-hidden className={ICON} />)]
      : []),
    ...ADMIN.filter(({ any }) => may(any)).map((one) => ({
      ...page(
        one.to,
        t("adminPage", { page: t(`admin_${one.page}`) }),
        <Settings2 aria-hidden className={ICON} />,
      ),
      deep: one.page !== "overview",
    })),
  ];
}

export function useActions(): Choice[] {
  const { t } = useTranslation("search");
  const { t: common } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const theme = (value: Theme, name: string, icon: ReactNode): Choice => ({
    id: `theme ${value}`,
    label: t("themeIs", { theme: name }),
    icon,
    run: () => choose(value),
  });
  return [
    ...(me?.scopes.includes("ask")
      ? [
          {
            id: "new question",
            label: t("newQuestion"),
            icon: <Plus aria-hidden className={ICON} />,
            run: () => void navigate({ to: "/ask" }),
          },
        ]
      : []),
    ...(me?.scopes.includes("ingest")
      ? [
          {
            id: "put in",
            label: t("putIn"),
            icon: <Upload aria-hidden className={ICON} />,
            run: () => void navigate({ to: "/library", search: { put: "files" } }),
          },
        ]
      : []),
    theme("light", common("themeLight"), <Sun aria-hidden className={ICON} />),
    theme("dark", common("themeDark"), <Moon aria-hidden className={ICON} />),
    theme("system", common("themeSystem"), <SunMoon aria-hidden className={ICON} />),
    ...Object.entries(LANGUAGES).map(([value, name]) => ({
      id: `language ${value}`,
      label: t("languageIs", { language: name }),
      icon: <Languages aria-hidden className={ICON} />,
      deep: true,
      run: () => void speak(value as Language),
    })),
    ...(me?.user
      ? [
          {
            id: "sign out",
            label: common("signOut"),
            icon: <LogOut aria-hidden className={ICON} />,
            run: () => void signOut(),
          },
        ]
      : []),
  ];
}
