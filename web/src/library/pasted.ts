/** What is pasted on the page of the library is put in: files, or web addresses. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { notify } from "@/app/notices";
import { collectionsQuery } from "./queries";
import { addressesIn, targetOf } from "./target";
import { putIn, putInAddresses } from "./uploads/queue";
import { chosen } from "./uploads/tree";

export function usePasted(enabled: boolean, collection: string | undefined): void {
  const queries = useQueryClient();
  const { t } = useTranslation("library");
  useEffect(() => {
    if (!enabled) return;
    const onPaste = (event: ClipboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (target?.closest("input, textarea, select, [contenteditable], dialog")) return;
      const names = queries.getQueryData(collectionsQuery.queryKey)?.map((one) => one.name) ?? [];
      const labels = { collection: targetOf(collection, names), tags: [] };
      const files = event.clipboardData?.files ?? [];
      if (files.length > 0) {
        event.preventDefault();
        void putIn(chosen(files), labels);
        return;
      }
      const addresses = addressesIn(event.clipboardData?.getData("text/plain") ?? "");
      if (addresses.length === 0) return;
      event.preventDefault();
      putInAddresses(addresses, labels);
      notify(t("pasted", { count: addresses.length, name: labels.collection }));
    };
    document.addEventListener("paste", onPaste);
    return () => document.removeEventListener("paste", onPaste);
  }, [enabled, collection, queries, t]);
}
