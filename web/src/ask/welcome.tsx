/** A conversation that has not begun: a box for the first question, and a few to begin with. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { BookPlus, LoaderCircle, WifiOff } from "lucide-react";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { api, got, type Wire } from "@/api/client";
import { back, connection, subscribe } from "@/api/connection";
import { Unreachable } from "@/api/problem";
import { LinkButton } from "@/parts/button";
import { Empty, useTitle } from "@/parts/page";
import { useBeside } from "./beside";
import { type Box, Composer } from "./composer";
import { useQuestions } from "./follow-ups";
import { Frame } from "./frame";
import { Hindered } from "./hindered";
import { keepDraft, keepWay, NEW, PLAIN_WAY, questionOf, useWay, type Way } from "./kept";
import { conversationQuery, documentQuery, documentsToAskQuery } from "./queries";
import { examples } from "./suggestions";
import { begin } from "./talk";
import { WayPicker } from "./way-picker";

/** What the address asks for. */
export interface Wanted {
  question?: string;
  collection?: string;
  document?: string;
  persona?: string;
}

const TITLE_LENGTH_MAX = 100;

export function Welcome({ wanted }: { wanted: Wanted }) {
  const { t } = useTranslation(["ask", "common"]);
  useTitle(t("common:ask"));
  const beside = useBeside();
  const [way, setWay] = useWay(NEW, wayOf(wanted));
  const { start, starting, stop, failure } = useStart();
  const box = useRef<Box>(null);
  const title = useQuery({
    ...documentQuery(wanted.document ?? ""),
    enabled: wanted.document !== undefined,
  }).data?.title;
  const named: Way = useMemo(
    () => (way.document && title ? { ...way, document: { id: way.document.id, title } } : way),
    [way, title],
  );
  const asked = useRef<string>(undefined);
  const { question } = wanted;
  useEffect(() => {
    if (question === undefined || asked.current === question) return;
    asked.current = question;
    void start(question, named, "replace");
  }, [question, named, start]);
  return (
    <Frame target={beside.target} onCloseReader={beside.close} bar={null}>
      <div className="mx-auto flex w-full max-w-2xl flex-1 flex-col justify-center px-4 pt-4 pb-16 sm:px-6 md:pb-[16vh]">
        <h1 className="text-center font-serif text-3xl font-semibold tracking-tight sm:text-4xl">
          {t("welcome")}
        </h1>
        <p className="mx-auto mt-3 mb-8 max-w-lg text-center text-soft text-balance">
          {t("welcomeText")}
        </p>
        <Composer
          conversation={NEW}
          box={box}
          label={t("askFirst")}
          busy={starting !== undefined}
          autoFocus
          tools={<WayPicker way={named} onChange={setWay} />}
          onSend={(words) => void start(words, named)}
          onStop={() => {
            stop();
            box.current?.edit(starting ?? "");
          }}
        />
        {starting !== undefined && <Starting question={starting} />}
        {failure && (
          <div className="mt-4">
            <Hindered
              error={failure.error}
              onRetry={() => void start(failure.question, named)}
              onEdit={() => box.current?.edit(failure.question)}
            />
          </div>
        )}
        {starting === undefined && !failure && (
          <Examples way={named} onAsk={(words) => void start(words, named)} />
        )}
      </div>
    </Frame>
  );
}

/** Makes the conversation and asks in it. */
function useStart() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [starting, setStarting] = useState<string>();
  const [failure, setFailure] = useState<{ question: string; error: unknown }>();
  const under = useRef<AbortController>(undefined);
  const latest = useRef(async (_q: string, _w: Way, _h?: "replace"): Promise<void> => undefined);
  latest.current = async (question, way, history) => {
    if (under.current) return;
    const control = new AbortController();
    const { signal } = control;
    under.current = control;
    setStarting(question);
    setFailure(undefined);
    // The words are kept until the server has them, also for when the page is left.
    keepDraft(NEW, question);
    try {
      const made = await conversation(question, signal);
      keepDraft(NEW, "");
      queries.setQueryData(conversationQuery(made.id).queryKey, { conversation: made, turns: [] });
      keepWay(made.id, way);
      keepWay(NEW, PLAIN_WAY);
      void begin(questionOf(question, way, { conversation: made.id })).then(() =>
        queries.invalidateQueries({ queryKey: ["conversations"] }),
      );
      await navigate({
        to: "/ask/$conversation",
        params: { conversation: made.id },
        replace: history === "replace",
      });
    } catch (error) {
      if (!signal.aborted) setFailure({ question, error });
    } finally {
      under.current = undefined;
      setStarting(undefined);
    }
  };
  const [start] = useState(
    () => (question: string, way: Way, history?: "replace") =>
      latest.current(question, way, history),
  );
  return { start, starting, stop: () => under.current?.abort(), failure };
}

/** Makes a conversation, as soon as the server answers. */
async function conversation(question: string, signal: AbortSignal): Promise<Wire["Conversation"]> {
  const body = { title: clipped(question) };
  for (;;) {
    try {
      return await got(api.POST("/api/v1/conversations", { body, signal }));
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      await back(signal);
    }
  }
}

/** The question that is being taken to the server. */
function Starting({ question }: { question: string }) {
  const { t } = useTranslation("ask");
  const away = useSyncExternalStore(subscribe, connection) === "away";
  return (
    <div role="status" className="mt-6">
      <p className="font-serif text-xl font-semibold [overflow-wrap:anywhere]">{question}</p>
      <p className="mt-2 flex items-center gap-2.5 text-sm text-soft">
        {away ? (
          <WifiOff aria-hidden className="size-4 shrink-0 text-warn" />
        ) : (
          <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-accent" />
        )}
        {away ? t("waiting") : t("searching")}
      </p>
    </div>
  );
}

function Examples({ way, onAsk }: { way: Way; onAsk(question: string): void }) {
  const { t } = useTranslation("ask");
  const collection = way.collections.length === 1 ? way.collections[0] : undefined;
  const documents = useQuery(documentsToAskQuery(collection));
  const suggestions = useMemo(
    () =>
      way.persona
        ? []
        : way.document
          ? [{ title: way.document.title, isQuestion: false }]
          : examples(documents.data ?? []),
    [documents.data, way],
  );
  const questions = useQuestions(suggestions);
  if (documents.isSuccess && documents.data.length === 0 && !way.document && !collection) {
    return (
      <div className="mt-8">
        <Empty
          icon={<BookPlus aria-hidden className="size-7" />}
          title={t("nothingToAsk")}
          actions={
            <LinkButton to="/library" look="primary">
              {t("toLibrary")}
            </LinkButton>
          }
        >
          {t("nothingToAskText")}
        </Empty>
      </div>
    );
  }
  // The room is held, so that nothing jumps when they come.
  return (
    <ul
      aria-label={t("examples")}
      className="mt-6 grid min-h-32 content-start gap-2.5 sm:grid-cols-2"
    >
      {questions.map(({ text, language }) => (
        <li key={text}>
          <button
            type="button"
            lang={language}
            className="flex h-full w-full items-center rounded-xl border border-line bg-surface px-4 py-3 text-start font-serif text-[0.95rem] leading-snug transition-colors hover:border-accent hover:bg-tint"
            onClick={() => onAsk(text)}
          >
            {text}
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The way that the address asks for; the one chosen before where it asks for nothing. */
function wayOf({ collection, document, persona }: Wanted): Way | undefined {
  if (collection === undefined && document === undefined && persona === undefined) return undefined;
  return {
    ...PLAIN_WAY,
    ...(collection !== undefined && { collections: [collection] }),
    ...(document !== undefined && { document: { id: document, title: "" } }),
    ...(persona !== undefined && { persona }),
  };
}

function clipped(question: string): string {
  const line = question.replace(/\s+/g, " ").trim();
  return line.length <= TITLE_LENGTH_MAX ? line : `${line.slice(0, TITLE_LENGTH_MAX - 1).trim()}…`;
}
