/** What the palette offers: what is always there, and what the library has by the name that is typed. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import {
  BookOpen,
  FileText,
  Languages,
  LogOut,
  MessageCircleQuestion,
  MessagesSquare,
  Moon,
  Plus,
  Search,
  Settings2,
  Sun,
  SunMoon,
  Upload,
  UserRound,
} from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import { type Scope, signOut, useMe } from "@/app/identity";
import { choose, type Theme } from "@/app/theme";
import { LANGUAGES, type Language, speak } from "@/words/words";
import { likeness } from "./likeness";
import { useFormatName } from "./names";

/** Something that can be chosen. */
export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly icon: ReactNode;
  readonly hint?: string;
  /** The keys that do the same. */
  readonly keys?: string;
  /** Whether it is offered to those alone who type a part of its name. */
  readonly deep?: boolean;
  run(): void;
}

export interface Group {
  readonly name: string;
  readonly choices: readonly Choice[];
}

const SERVER_PAUSE_MS = 150;
const DOCUMENTS_MAX = 6;
const CONVERSATIONS_MAX = 5;

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

const ICON = "size-4.5";

/** All that fits what is typed, in groups; empty groups are left out. */
export function useChoices(typed: string): Group[] {
  const { t } = useTranslation("search");
  const words = typed.trim();
  const free = useFree(words);
  const pages = fitting(usePages(), words);
  const actions = fitting(useActions(), words);
  const documents = useDocuments(words);
  const conversations = fitting(useConversations(words !== ""), words).slice(0, CONVERSATIONS_MAX);
  return [
    { name: t("groupPages"), choices: pages },
    { name: t("groupDocuments"), choices: documents },
    { name: t("groupConversations"), choices: conversations },
    { name: t("groupActions"), choices: actions },
    { name: t("groupSearch"), choices: free },
  ].filter((group) => group.choices.length > 0);
}

/** The choices whose names fit, the best first; the usual ones when nothing is typed. */
function fitting(choices: readonly Choice[], words: string): readonly Choice[] {
  if (words === "") return choices.filter((choice) => !choice.deep);
  return choices
    .map((choice) => ({ choice, like: likeness(choice.label, words) }))
    .filter(({ like }) => like > 0)
    .sort((a, b) => b.like - a.like)
    .map(({ choice }) => choice);
}

/** To search for or to ask what is typed. */
function useFree(words: string): Choice[] {
  const { t } = useTranslation("search");
  const navigate = useNavigate();
  const mayAsk = useMe()?.scopes.includes("ask") ?? false;
  if (words === "" || !mayAsk) return [];
  return [
    {
      id: "search",
      label: t("searchFor", { query: words }),
      icon: <Search aria-hidden className={ICON} />,
      run: () => void navigate({ to: "/search", search: { q: words } }),
    },
    {
      id: "ask",
      label: t("askFor", { query: words }),
      icon: <MessageCircleQuestion aria-hidden className={ICON} />,
      run: () => void navigate({ to: "/ask", search: { question: words } }),
    },
  ];
}

function usePages(): Choice[] {
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

function useActions(): Choice[] {
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

/** Documents with what is typed in their title. */
function useDocuments(words: string): Choice[] {
  const navigate = useNavigate();
  const formatName = useFormatName();
  const title = usePaused(words);
  const { data } = useQuery({
    queryKey: ["documents", "titled", title],
    queryFn: ({ signal }) =>
      got(
        api.GET("/api/v1/documents", {
          params: { query: { title, limit: DOCUMENTS_MAX } },
          signal,
        }),
      ),
    enabled: title !== "",
    placeholderData: (before) => before,
    staleTime: 30_000,
  });
  if (words === "") return [];
  return (data?.items ?? [])
    .filter((document) => likeness(document.title, words) > 0)
    .map((document) => ({
      id: `document ${document.id}`,
      label: document.title,
      hint: `${formatName(document.format)} · ${document.collection}`,
      icon: <FileText aria-hidden className={ICON} />,
      run: () => void navigate({ to: "/read/$document", params: { document: document.id } }),
    }));
}

/** The conversations gone on with last. */
function useConversations(wanted: boolean): Choice[] {
  const { t } = useTranslation("search");
  const navigate = useNavigate();
  const mayAsk = useMe()?.scopes.includes("ask") ?? false;
  const { data } = useQuery({
    queryKey: ["conversations", "palette"],
    queryFn: ({ signal }) =>
      got(api.GET("/api/v1/conversations", { params: { query: { limit: 200 } }, signal })),
    enabled: mayAsk && wanted,
    staleTime: 30_000,
  });
  return (data?.items ?? []).map((conversation) => ({
    id: `conversation ${conversation.id}`,
    label: conversation.title || t("untitled"),
    icon: <MessagesSquare aria-hidden className={ICON} />,
    run: () =>
      void navigate({ to: "/ask/$conversation", params: { conversation: conversation.id } }),
  }));
}

/** A value as it is after a pause. */
function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), SERVER_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}
