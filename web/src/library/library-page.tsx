/** The library: its collections as shelves, its documents as covers or rows. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ChevronRight, FolderPlus, Plus } from "lucide-react";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/identity";
import { useShortcut } from "@/app/keys";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Page } from "@/parts/page";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { CollectionForm } from "./collection-dialogs";
import { CollectionMenu } from "./collection-menu";
import { EmptyLibrary } from "./empty";
import { filterOf, isWhole, viewOf } from "./filter";
import { Holdings } from "./holdings";
import { usePasted } from "./pasted";
import { usePlace } from "./place";
import { PutInDialog } from "./put-in";
import { type Collection, collectionsQuery, patchDocuments, statusQuery } from "./queries";
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
