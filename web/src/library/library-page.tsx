/** The library: its collections as shelves, its documents as covers or rows. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { BookX, ChevronRight, FolderPlus, Plus } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/identity";
import { useShortcut } from "@/app/keys";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Empty, Page } from "@/parts/page";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { type Acts, chosen, useOpen } from "./board";
import { BulkBar } from "./bulk-bar";
import { useRemove } from "./changes";
import { CollectionForm } from "./collection-dialogs";
import { CollectionMenu } from "./collection-menu";
import { Covers } from "./covers";
import { Details } from "./details";
import { EmptyLibrary } from "./empty";
import { conditions, filterOf, isWhole, viewOf } from "./filter";
import { useListing } from "./listing";
import { usePasted } from "./pasted";
import { usePlace } from "./place";
import { PutInDialog } from "./put-in";
import { type Collection, collectionsQuery, patchDocuments, statusQuery } from "./queries";
import { Rows } from "./rows";
import { keep, NOTHING, type Selection } from "./selection";
import { Shelves } from "./shelves";
import { EVERYTHING, Toolbar } from "./toolbar";
import { onChanged } from "./uploads/follow";

export function LibraryPage() {
  const { t } = useTranslation(["library", "common"]);
  const queries = useQueryClient();
  const [place, go] = usePlace();
  const filter = useMemo(() => filterOf(place), [place]);
  const view = viewOf(place);
  const collections = useQuery(collectionsQuery);
  const collection = collections.data?.find(
    ({ id, name }) => name === filter.collection || id === filter.collection,
  );
  const [chosen, setDialog] = useState<"files" | "addresses" | "collection">();
  const mayPutIn = useMay("ingest");
  const dialog = chosen ?? (place.put && mayPutIn ? "files" : undefined);
  const close = () => {
    setDialog(undefined);
    if (place.put) go({ put: undefined }, { replace: true });
  };
  useEffect(() => onChanged((documents) => patchDocuments(queries, documents)), [queries]);
  usePasted(mayPutIn, collection?.name);
  const group = t("common:library");
  useShortcut({ keys: "n", label: t("putIn"), group }, () => mayPutIn && setDialog("files"));
  const empty = collections.data?.length === 0;
  const whole = isWhole(filter);
  return (
    <Page
      wide
      title={collection?.name ?? t("common:library")}
      lead={<Lead collection={collection} />}
      actions={
        mayPutIn && (
          <>
            {collection && <CollectionMenu collection={collection} />}
            <Button onClick={() => setDialog("collection")}>
              <FolderPlus aria-hidden className="size-4" />
              <span className="max-sm:sr-only">{t("newCollection")}</span>
            </Button>
            <Button look="primary" onClick={() => setDialog("files")}>
              <Plus aria-hidden className="size-4" />
              {t("putIn")}
            </Button>
          </>
        )
      }
    >
      {collections.error && !collections.data && (
        <Trouble error={collections.error} onRetry={() => void collections.refetch()} />
      )}
      {collections.isPending && !collections.error && <Loading />}
      {empty && whole && <EmptyLibrary mayPutIn={mayPutIn} onPutIn={setDialog} />}
      {collections.data && !(empty && whole) && (
        <Holdings
          key={filter.collection ?? ""}
          collections={collections.data}
          onPutIn={() => setDialog("files")}
          {...{ place, filter, view, go }}
        />
      )}
      {(dialog === "files" || dialog === "addresses") && (
        <PutInDialog collection={collection?.name} begin={dialog} onClose={close} />
      )}
      {dialog === "collection" && <CollectionForm onClose={close} />}
    </Page>
  );
}

/** What stands under the title: the way back and the description, or how much there is. */
function Lead({ collection }: { collection: Collection | undefined }) {
  const { t } = useTranslation(["library", "common"]);
  const { bytes } = useFormats();
  const status = useQuery({ ...statusQuery, enabled: collection === undefined });
  if (collection)
    return (
      <span className="flex flex-wrap items-center gap-x-1.5">
        <Link to="/library" className="text-accent underline-offset-2 hover:underline">
          {t("common:library")}
        </Link>
        <ChevronRight aria-hidden className="size-4 rtl:rotate-180" />
        <span className="min-w-0">{collection.description || t("collection")}</span>
      </span>
    );
  const { data } = status;
  if (!data || data.documents.total === 0) return null;
  return [
    t("documents", { count: data.documents.total }),
    t("collections", { count: data.collections }),
    bytes(data.bytes.originals),
  ].join(" · ");
}

function Holdings({
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
