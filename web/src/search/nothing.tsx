/** What stands where there are no results: before a search, while the first is under way, after one in vain. */
import { useQuery } from "@tanstack/react-query";
import { BookOpen, History, SearchX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got, type Wire } from "@/api/client";
import { Button, LinkButton } from "@/parts/button";
import { Empty } from "@/parts/page";
import { type Asked, filterCount, modeOf, unfiltered } from "./asked";
import { forget, recent } from "./recent";
import { Degraded } from "./results";

/** Nothing is searched for yet. */
export function Beginning({ onSearch }: { onSearch(query: string): void }) {
  const { t } = useTranslation("search");
  const [before, setBefore] = useState(recent);
  const holds = useQuery({
    queryKey: ["documents", "any"],
    queryFn: ({ signal }) =>
      got(api.GET("/api/v1/documents", { params: { query: { limit: 1 } }, signal })),
  });
  if (holds.data?.items.length === 0) {
    return (
      <Empty
        icon={<BookOpen aria-hidden className="size-8" />}
        title={t("libraryEmpty")}
        actions={
          <LinkButton to="/library" look="primary">
            {t("toLibrary")}
          </LinkButton>
        }
      >
        {t("libraryEmptyText")}
      </Empty>
    );
  }
  return (
    <div className="max-w-prose pt-1">
      {before.length > 0 && (
        <div className="mb-8">
          <div className="mb-2 flex items-center justify-between gap-4">
            <h2 className="text-sm font-semibold text-soft">{t("recent")}</h2>
            <button
              type="button"
              className="text-sm text-soft underline-offset-2 hover:underline"
              onClick={() => {
                forget();
                setBefore([]);
              }}
            >
              {t("forget")}
            </button>
          </div>
          <ul className="flex flex-col">
            {before.map((query) => (
              <li key={query}>
                <button
                  type="button"
                  className="-mx-2 flex w-full items-center gap-3 rounded-lg px-2 py-2 text-start hover:bg-sunken"
                  onClick={() => onSearch(query)}
                >
                  <History aria-hidden className="size-4 shrink-0 text-soft" />
                  <span className="min-w-0 truncate">{query}</span>
                </button>
              </li>
            ))}
          </ul>
        </div>
      )}
      <h2 className="mb-2 text-sm font-semibold text-soft">{t("tips")}</h2>
      <ul className="space-y-2 text-sm">
        <li>{t("tipWords")}</li>
        <li>{t("tipQuotes")}</li>
        <li>{t("tipKeys")}</li>
      </ul>
    </div>
  );
}

/** The first results are on their way: where they will stand is shown. */
export function Waiting() {
  const { t } = useTranslation();
  return (
    <div role="status" className="flex flex-col gap-8 py-5">
      <span className="sr-only">{t("loading")}</span>
      {["w-2/5", "w-3/5", "w-1/3"].map((width) => (
        <div key={width} aria-hidden className="animate-pulse space-y-2.5">
          <div className={`h-5 rounded bg-sunken ${width}`} />
          <div className="h-3 w-1/4 rounded bg-sunken" />
          <div className="h-3 w-full max-w-prose rounded bg-sunken" />
          <div className="h-3 w-4/5 max-w-prose rounded bg-sunken" />
        </div>
      ))}
    </div>
  );
}

/** Nothing was found: what else can be tried. */
export function NothingFound({
  asked,
  onAsked,
  mayAsk,
  reply,
}: {
  asked: Asked;
  onAsked(next: Asked): void;
  mayAsk: boolean;
  reply: Wire["SearchReply"];
}) {
  const { t } = useTranslation("search");
  const narrowed = filterCount(asked) > 0;
  const { mode: _, ...anyMode } = asked;
  return (
    <div className="flex flex-col gap-4">
      {reply.degraded.length > 0 && <Degraded reasons={reply.degraded} />}
      <div role="status">
        <Empty
          icon={<SearchX aria-hidden className="size-8" />}
          title={t("nothing", { query: asked.q ?? "" })}
          actions={
            <>
              {narrowed && (
                <Button look="primary" onClick={() => onAsked(unfiltered(asked))}>
                  {t("clearFilters")}
                </Button>
              )}
              {modeOf(asked) !== "hybrid" && (
                <Button onClick={() => onAsked(anyMode)}>{t("tryBoth")}</Button>
              )}
              {mayAsk && (
                <LinkButton to="/ask" search={{ question: asked.q ?? "" }}>
                  {t("askInstead")}
                </LinkButton>
              )}
            </>
          }
        >
          {narrowed ? t("nothingNarrowed") : t("nothingText")}
        </Empty>
      </div>
    </div>
  );
}
