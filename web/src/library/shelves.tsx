/** The collections as shelves, each with the books last put into it; only shelves that are seen are drawn. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { ChevronRight, LockKeyhole } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/parts/format";
import { Trouble } from "@/parts/trouble";
import { CollectionMenu } from "./collection-menu";
import { Cover } from "./cover";
import { useMeasured } from "./listing";
import { type Collection, type Document, SHELF, shelfQuery } from "./queries";
import { StateBadge } from "./state";
import { useHidden } from "./trash";

const HEIGHT = 340;

export function Shelves({ collections }: { collections: readonly Collection[] }) {
  const [measure, width, top] = useMeasured();
  const virtual = useWindowVirtualizer({
    count: width === 0 ? 0 : collections.length,
    estimateSize: () => HEIGHT,
    overscan: 2,
    scrollMargin: top,
  });
  return (
    <div ref={measure} className="relative" style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((item) => {
        const collection = collections[item.index];
        return (
          collection && (
            <div
              key={collection.id}
              ref={virtual.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0 pb-10"
              style={{ transform: `translateY(${item.start - top}px)` }}
            >
              <Shelf collection={collection} />
            </div>
          )
        );
      })}
    </div>
  );
}

function Shelf({ collection }: { collection: Collection }) {
  const { t } = useTranslation("library");
  const { number } = useFormats();
  const { data, isPending, error, refetch } = useQuery(shelfQuery(collection.id));
  const hidden = useHidden();
  const documents = data?.items.filter((document) => !hidden.has(document.id)) ?? [];
  const heading = `shelf-${collection.id}`;
  return (
    <section aria-labelledby={heading} data-collection={collection.name}>
      <header className="flex items-center gap-3">
        <div className="min-w-0 flex-1">
          <h2 id={heading} className="flex items-center gap-2 font-serif text-xl font-semibold">
            <Link
              to="/library"
              search={{ collection: collection.name }}
              className="truncate hover:underline"
            >
              {collection.name}
            </Link>
            {collection.access === "granted" && (
              <LockKeyhole aria-label={t("accessGranted")} className="size-4 shrink-0 text-soft" />
            )}
            {typeof collection.documents === "number" && (
              <span className="font-sans text-sm font-normal text-soft">
                {number(collection.documents)}
              </span>
            )}
          </h2>
          {collection.description && (
            <p className="truncate text-sm text-soft">{collection.description}</p>
          )}
        </div>
        <Link
          to="/library"
          search={{ collection: collection.name }}
          aria-label={`${t("showAll")}: ${collection.name}`}
          className="flex shrink-0 items-center gap-0.5 rounded-md px-2 py-1 text-sm font-medium text-accent hover:bg-sunken"
        >
          {t("showAll")}
          <ChevronRight aria-hidden className="size-4 rtl:rotate-180" />
        </Link>
        <CollectionMenu collection={collection} />
      </header>
      {error && !data ? (
        <div className="mt-3">
          <Trouble error={error} onRetry={() => void refetch()} />
        </div>
      ) : (
        <Books
          documents={documents}
          isPending={isPending}
          more={Boolean(data?.next)}
          collection={collection}
        />
      )}
    </section>
  );
}

function Books({
  documents,
  isPending,
  more,
  collection,
}: {
  documents: readonly Document[];
  isPending: boolean;
  more: boolean;
  collection: Collection;
}) {
  const { t } = useTranslation("library");
  const frame = "w-28 shrink-0 snap-start sm:w-32";
  if (!isPending && documents.length === 0)
    return (
      <p className="mt-3 rounded-xl border border-dashed border-line px-5 py-8 text-center text-sm text-soft">
        {t("shelfEmpty")}
      </p>
    );
  return (
    <div className="relative mt-4">
      <ul
        aria-busy={isPending}
        className="relative -mx-4 flex snap-x scroll-px-4 items-start gap-5 overflow-x-auto px-4 pb-2 [scrollbar-width:thin] sm:-mx-1 sm:scroll-px-1 sm:px-1"
      >
        {isPending
          ? Array.from({ length: 8 }, (_, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike
              <li key={at} aria-hidden className={frame}>
                <div className="aspect-[5/7] animate-pulse rounded-md bg-sunken" />
                <div className="mt-5 h-3 w-4/5 animate-pulse rounded bg-sunken" />
              </li>
            ))
          : documents.map((document) => (
              <li key={document.id} className={frame}>
                <Book document={document} />
              </li>
            ))}
        {more && documents.length >= SHELF - 1 && (
          <li className={frame}>
            <Link
              to="/library"
              search={{ collection: collection.name }}
              className="flex aspect-[5/7] items-center justify-center rounded-md border border-dashed border-edge text-sm font-medium text-accent hover:bg-sunken"
            >
              {t("showAll")}
            </Link>
          </li>
        )}
      </ul>
    </div>
  );
}

/** A book on a shelf: its cover stands on the board, its title hangs below. */
function Book({ document }: { document: Document }) {
  return (
    <Link
      to="/read/$document"
      params={{ document: document.id }}
      preload={false}
      className="group block rounded-md"
    >
      <div className="transition-transform duration-200 group-hover:-translate-y-1">
        <Cover document={document} />
      </div>
      <div
        aria-hidden
        className="relative -mx-2.5 mt-0 h-1.5 rounded-[1px] bg-line shadow-[0_2px_3px_rgb(0_0_0/0.12)]"
      />
      <p
        dir="auto"
        className="mt-2 line-clamp-2 text-[0.8125rem] leading-snug font-medium [overflow-wrap:anywhere] group-hover:underline"
      >
        {document.title}
      </p>
      <div className="mt-1 flex overflow-hidden">
        <StateBadge document={document} />
      </div>
    </Link>
  );
}
