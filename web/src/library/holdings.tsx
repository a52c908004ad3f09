/** What the library or a collection of it holds: shelves, covers or rows, and what is done with them. */
import { BookX } from "lucide-react";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/identity";
import { Button } from "@/parts/button";
import { Empty } from "@/parts/page";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { type Acts, chosen, useOpen } from "./board";
import { BulkBar } from "./bulk-bar";
import { useRemove } from "./changes";
import { Covers } from "./covers";
import { Details } from "./details";
import { conditions } from "./filter";
import { EVERYTHING } from "./filters";
import { useListing } from "./listing";
import type { usePlace } from "./place";
import type { Collection } from "./queries";
import { Rows } from "./rows";
import { keep, NOTHING, type Selection } from "./selection";
import { Shelves } from "./shelves";
import { Toolbar } from "./toolbar";

export function Holdings({
  collections,
  place,
  filter,
  view,
  go,
  onPutIn,
}: {
  collections: readonly Collection[];
  onPutIn(): void;
} & Pick<Parameters<typeof Toolbar>[0], "filter" | "view" | "go"> & {
    place: ReturnType<typeof usePlace>[0];
  }) {
  const { t } = useTranslation(["library", "common"]);
  const listing = useListing(filter, view !== "shelves");
  const { documents } = listing;
  const [wanted, onSelect] = useState<Selection>(NOTHING);
  const there = useMemo(() => new Set(documents.map(({ id }) => id)), [documents]);
  const selection = useMemo(() => keep(wanted, there), [wanted, there]);
  const mayPutIn = useMay("ingest");
  const open = useOpen();
  const remove = useRemove();
  const acts: Acts = {
    open,
    details: (document) => go({ document: document.id }),
    remove: (gone) => mayPutIn && remove(gone),
  };
  const board = { documents, selection, onSelect, acts, listing, label: t("documentsLabel") };
  const picked = chosen(documents, selection);
  return (
    <>
      <Toolbar {...{ filter, view, collections, documents, go }} />
      {view === "shelves" ? (
        <Shelves collections={collections} />
      ) : listing.error && documents.length === 0 ? (
        <Trouble error={listing.error} onRetry={listing.retry} />
      ) : listing.isPending ? (
        <Loading />
      ) : documents.length === 0 ? (
        <Nothing
          some={conditions(filter) > 0}
          onEverything={() => go(EVERYTHING)}
          {...(mayPutIn && { onPutIn })}
        />
      ) : view === "grid" ? (
        <Covers {...board} />
      ) : (
        <Rows
          {...board}
          order={filter.order ?? "newest"}
          onOrder={(order) => go({ order: order === "newest" ? undefined : order })}
        />
      )}
      {view !== "shelves" && documents.length > 0 && (
        <>
          {listing.error != null && (
            <div className="mt-4">
              <Trouble error={listing.error} onRetry={listing.retry} />
            </div>
          )}
          {listing.isFetchingMore && <Loading />}
        </>
      )}
      {mayPutIn && (
        <BulkBar
          documents={picked}
          onClear={() => onSelect({ ...NOTHING, active: selection.active })}
          onRemove={() => remove(picked)}
        />
      )}
      {place.document && (
        <Details
          id={place.document}
          onClose={() => go({ document: undefined }, { replace: true })}
          onRemove={(document) => {
            go({ document: undefined }, { replace: true });
            remove([document]);
          }}
        />
      )}
    </>
  );
}

/** Nothing fits, or the collection is empty. */
function Nothing({
  some,
  onEverything,
  onPutIn,
}: {
  some: boolean;
  onEverything(): void;
  onPutIn?: () => void;
}) {
  const { t } = useTranslation(["library", "common"]);
  return (
    <Empty
      icon={<BookX aria-hidden className="size-8" />}
      title={some ? t("nothingFits") : t("nothingHere")}
      actions={
        <>
          {some && <Button onClick={onEverything}>{t("everything")}</Button>}
          {onPutIn && (
            <Button look={some ? "plain" : "primary"} onClick={onPutIn}>
              {t("putIn")}
            </Button>
          )}
        </>
      }
    >
      {some ? t("nothingFitsText") : t("nothingHereText")}
    </Empty>
  );
}
