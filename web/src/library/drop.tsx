/** Files and folders can be dropped on any page; the tray shows what becomes of them, on every page. */
import { useQueryClient } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { BookDown } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { notify } from "@/app/notices";
import { collectionsQuery, documentsPage, insertDocuments, patchDocuments } from "./queries";
import { targetOf } from "./target";
import { askWays, isReady, onChanged } from "./uploads/follow";
import { kept } from "./uploads/kept";
import { goOn, isSending, onTaken, putIn } from "./uploads/queue";
import { Tray } from "./uploads/tray";
import { bringsFiles, dropped } from "./uploads/tree";

const GATHERED_MS = 400;
/** Among so many of the newest documents those are looked for that were put in before a reload. */
const RECENT = 200;

export default function DropAnywhere() {
  useLists();
  useWarning();
  useReload();
  const into = useDrop();
  return (
    <>
      {into !== undefined && <Overlay into={into} />}
      <Tray />
    </>
  );
}

/** Takes drops anywhere; while something is dragged over the page, gives the collection it would go into. */
function useDrop(): string | undefined {
  const queries = useQueryClient();
  const { t } = useTranslation("library");
  const [into, setInto] = useState<string>();
  const here = useRouterState({
    select: ({ location }) =>
      location.pathname === "/library"
        ? (location.search as { collection?: string }).collection
        : undefined,
  });
  const current = useRef(here);
  current.current = here;
  useEffect(() => {
    // Going from one element to another is a leaving and an entering.
    let depth = 0;
    void queries.prefetchQuery(collectionsQuery);
    const target = (event: DragEvent) => {
      const over = event.target instanceof Element ? event.target : null;
      const shelf = over?.closest<HTMLElement>("[data-collection]")?.dataset.collection;
      const names = queries.getQueryData(collectionsQuery.queryKey)?.map((one) => one.name) ?? [];
      return shelf ?? targetOf(current.current, names);
    };
    const stop = () => {
      depth = 0;
      setInto(undefined);
    };
    const onEnter = (event: DragEvent) => {
      if (!bringsFiles(event.dataTransfer)) return;
      event.preventDefault();
      depth += 1;
      setInto(target(event));
    };
    const onLeave = (event: DragEvent) => {
      if (!bringsFiles(event.dataTransfer)) return;
      depth -= 1;
      if (depth <= 0) stop();
    };
    const onOver = (event: DragEvent) => {
      if (!bringsFiles(event.dataTransfer) || !event.dataTransfer) return;
      event.preventDefault();
      event.dataTransfer.dropEffect = "copy";
      setInto(target(event));
    };
    const onDrop = (event: DragEvent) => {
      if (!bringsFiles(event.dataTransfer) || !event.dataTransfer) return;
      event.preventDefault();
      stop();
      const collection = target(event);
      void putIn(dropped(event.dataTransfer), { collection, tags: [] }).then((count) => {
        if (count === 0) notify(t("droppedNothing"));
      });
    };
    addEventListener("dragenter", onEnter);
    addEventListener("dragleave", onLeave);
    addEventListener("dragover", onOver);
    addEventListener("drop", onDrop);
    return () => {
      removeEventListener("dragenter", onEnter);
      removeEventListener("dragleave", onLeave);
      removeEventListener("dragover", onOver);
      removeEventListener("drop", onDrop);
    };
  }, [queries, t]);
  return into;
}

/** Shows in the lists what was put in and what has been learned of it, without asking for them anew. */
function useLists(): void {
  const queries = useQueryClient();
  useEffect(() => {
    let gathered: Parameters<typeof insertDocuments>[1][number][] = [];
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      timer = undefined;
      insertDocuments(queries, gathered);
      const known = queries.getQueryData(collectionsQuery.queryKey);
      const fresh = gathered.some((document) =>
        known?.every(({ id }) => id !== document.collection_id),
      );
      gathered = [];
      void queries.invalidateQueries({ queryKey: ["status"] });
      if (fresh) void queries.invalidateQueries({ queryKey: ["collections"] });
    };
    const stopTaken = onTaken((document) => {
      gathered = [...gathered, document];
      timer ??= setTimeout(show, GATHERED_MS);
    });
    const stopChanged = onChanged((documents) => patchDocuments(queries, documents));
    return () => {
      stopTaken();
      stopChanged();
      if (timer) {
        clearTimeout(timer);
        show();
      }
    };
  }, [queries]);
}

/** Shows after a reload what this tab had put in before, unless it is ready by now. */
function useReload(): void {
  useEffect(() => {
    const ids = kept();
    if (ids.size === 0) return;
    const show = async () => {
      await askWays();
      const { items } = await documentsPage({}, RECENT);
      const mine = items.filter(({ id }) => ids.has(id));
      goOn(mine.filter((one) => !isReady(one) || one.faults.length > 0).reverse());
    };
    // Where that fails the tray stays empty; the library tells the same of each document.
    show().catch(() => undefined);
  }, []);
}

/** Warns before the page is left while files are being sent: they would have to be sent again. */
function useWarning(): void {
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => {
      if (isSending()) event.preventDefault();
    };
    addEventListener("beforeunload", onLeave);
    return () => removeEventListener("beforeunload", onLeave);
  }, []);
}

/** Lets everything through to what lies below, so that a shelf can be aimed at. */
function Overlay({ into }: { into: string }) {
  const { t } = useTranslation("library");
  return (
    <div
      role="status"
      className="pointer-events-none fixed inset-0 z-50 flex items-center justify-center bg-paper/75 p-4 backdrop-blur-[2px] transition-opacity duration-150 starting:opacity-0"
    >
      <div className="absolute inset-3 rounded-3xl border-2 border-dashed border-accent" />
      <div className="flex max-w-md flex-col items-center gap-3 rounded-3xl bg-raised px-10 py-8 text-center shadow-card">
        <BookDown aria-hidden className="size-10 text-accent" strokeWidth={1.5} />
        <p className="font-serif text-2xl font-semibold">{t("dropHere")}</p>
        <p className="text-sm text-soft">{t("dropInto", { name: into })}</p>
      </div>
    </div>
  );
}
