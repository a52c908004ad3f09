/** The page for searching: results as one types, what narrows them, and why each stands where it stands. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/identity";
import { Page } from "@/parts/page";
import { Trouble } from "@/parts/trouble";
import { type Asked, requestOf, SHOWN_STEP, searchQuery } from "./asked";
import { SearchBox } from "./box";
import { Facets } from "./facets";
import { Beginning, NothingFound, Waiting } from "./nothing";
import { Results } from "./results";

const route = getRouteApi("/inside/search");

/** After so long without another key, what is typed is searched for. */
const PAUSE_MS = 120;

export function SearchPage() {
  const { t } = useTranslation("search");
  const asked: Asked = route.useSearch();
  const navigate = route.useNavigate();
  const mayAsk = useMay("ask");
  const box = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLOListElement>(null);
  const [shown, setShown] = useState({ of: asked, limit: SHOWN_STEP });
  const limit = shown.of === asked ? shown.limit : SHOWN_STEP;
  const found = useQuery(searchQuery(requestOf(asked, limit)));
  const empty = !asked.q?.trim();

  const change = useCallback(
    (next: Asked, replace = false) => void navigate({ search: next, replace, resetScroll: false }),
    [navigate],
  );
  const typing = useTyping(asked, change);
  const toFirst = () => {
    typing.now();
    list.current?.querySelector<HTMLElement>("[data-result]")?.focus();
  };

  return (
    <Page title={t("title")} wide>
      {/* As wide as filters and results together. */}
      <div className="max-w-[72.5rem]">
        <SearchBox
          ref={box}
          value={typing.typed}
          onChange={typing.type}
          onEnter={toFirst}
          asked={asked}
          onAsked={change}
          busy={found.isFetching && !empty}
          mayAsk={mayAsk}
        />
      </div>
      <div className="mt-6 grid items-start gap-x-10 gap-y-5 lg:grid-cols-[14rem_minmax(0,1fr)]">
        <Facets
          asked={asked}
          onAsked={change}
          passages={empty ? [] : (found.data?.passages ?? [])}
        />
        <section aria-label={t("results")} className="min-w-0 max-w-4xl">
          {empty ? (
            <Beginning onSearch={(query) => change({ ...asked, q: query })} />
          ) : found.error ? (
            <Trouble error={found.error} onRetry={() => void found.refetch()} />
          ) : !found.data ? (
            <Waiting />
          ) : found.data.passages.length === 0 ? (
            <NothingFound asked={asked} onAsked={change} mayAsk={mayAsk} reply={found.data} />
          ) : (
            <Results
              ref={list}
              asked={asked}
              reply={found.data}
              old={found.isPlaceholderData}
              limit={limit}
              onMore={() => setShown({ of: asked, limit: limit + SHOWN_STEP })}
              onUp={() => box.current?.focus()}
            />
          )}
        </section>
      </div>
    </Page>
  );
}

/**
 * What stands in the box. A pause in typing puts it into the address, in the place of what was there,
 * so that the way back leads past the letters; and the address, when it changes, into the box.
 */
function useTyping(asked: Asked, change: (next: Asked, replace: boolean) => void) {
  const inAddress = asked.q ?? "";
  const [typed, setTyped] = useState(inAddress);
  const sent = useRef(inAddress);
  useEffect(() => {
    if (inAddress === sent.current) return;
    sent.current = inAddress;
    setTyped(inAddress);
  }, [inAddress]);

  const now = useCallback(() => {
    if (typed.trim() === sent.current.trim()) return;
    sent.current = typed;
    const { q: _, ...rest } = asked;
    change(typed.trim() === "" ? rest : { ...rest, q: typed }, true);
  }, [typed, asked, change]);
  useEffect(() => {
    const timer = setTimeout(now, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [now]);
  return { typed, type: setTyped, now };
}
