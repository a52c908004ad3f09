/** Changes to documents: described, removed, read of; told in notices, written into every list. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { api, fetchPath, got, type Wire } from "@/api/client";
import { notify } from "@/app/notices";
import { HELD_MS } from "@/parts/hidden";
import { useSentence } from "@/parts/trouble";
import { type Document, forgetDocuments, patchDocuments } from "./queries";
import { remove } from "./trash";

export type Change = Wire["DocumentChange"];
const AT_ONCE_MAX = 4;

/** Changes one document; throws what the server says against it. */
export async function changeDocument(
  queries: QueryClient,
  id: string,
  change: Change,
): Promise<Document> {
  const params = { path: { document: id } };
  const changed = await got(api.PATCH("/api/v1/documents/{document}", { params, body: change }));
  patchDocuments(queries, [changed]);
  if (change.tags) void queries.invalidateQueries({ queryKey: ["tags"] });
  return changed;
}

/** Changes several documents, a few at a time, and tells how it went. */
export function useChangeAll() {
  const queries = useQueryClient();
  const { t } = useTranslation(["library", "common"]);
  const say = useSentence();
  return useCallback(
    async (documents: readonly Document[], changeOf: (document: Document) => Change) => {
      const rest = [...documents];
      let done = 0;
      let trouble: unknown;
      const work = async () => {
        for (let one = rest.shift(); one !== undefined; one = rest.shift()) {
          try {
            await changeDocument(queries, one.id, changeOf(one));
            done += 1;
          } catch (error) {
            trouble ??= error;
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE_MAX }, work));
      if (trouble === undefined) notify(t("changedAll", { count: done }), { tone: "good" });
      else {
        const count = documents.length - done;
        notify(`${t("notChanged", { count })} ${say(trouble)}`, { tone: "bad", shownMs: 12_000 });
      }
    },
    [queries, t, say],
  );
}

/** Removes documents, with a notice that brings them back. */
export function useRemove() {
  const queries = useQueryClient();
  const { t } = useTranslation(["library", "common"]);
  const say = useSentence();
  return useCallback(
    (documents: readonly Pick<Document, "id" | "title">[]) => {
      if (documents.length === 0) return;
      const ids = documents.map((document) => document.id);
      const undo = remove(ids, (failed) => {
        const kept = new Set(failed.map((one) => one.id));
        forgetDocuments(queries, new Set(ids.filter((id) => !kept.has(id))));
        void queries.invalidateQueries({ queryKey: ["status"] });
        void queries.invalidateQueries({ queryKey: ["collections"] });
        const first = failed[0];
        if (!first) return;
        const words = t("notRemoved", { count: failed.length });
        notify(`${words} ${say(first.error)}`, { tone: "bad", shownMs: 12_000 });
      });
      const words =
        documents.length === 1
          ? t("removedOne", { title: documents[0]?.title ?? "" })
          : t("removed", { count: documents.length });
      notify(words, { action: { label: t("common:undo"), run: undo }, shownMs: HELD_MS });
    },
    [queries, t, say],
  );
}

/** Saves the original file of a document to the disk. */
export async function download(document: Pick<Document, "id" | "name">): Promise<void> {
  const response = await fetchPath(`/api/v1/documents/${document.id}/original`);
  const url = URL.createObjectURL(await response.blob());
  const link = window.document.createElement("a");
  link.href = url;
  link.download = document.name.split("/").at(-1) ?? document.name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
