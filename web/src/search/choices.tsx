/** What the palette offers: what is always there, and what the library has by the name that is typed. */
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileText, MessageCircleQuestion, MessagesSquare, Search } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import { useMe } from "@/app/identity";
import { useActions, usePages } from "./choices-known";
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
