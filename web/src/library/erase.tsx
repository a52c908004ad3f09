/** Erasing a document so that it can be shown later that it was: for those who may. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ShieldX } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import { notify } from "@/app/notices";
import { Button } from "@/parts/button";
import { Confirm, Dialog } from "@/parts/dialog";
import { Trouble } from "@/parts/trouble";
import { usePlace } from "./place";
import { type Document, forgetDocuments } from "./queries";

export function Erase({ document }: { document: Document }) {
  const { t } = useTranslation(["library", "common"]);
  const queries = useQueryClient();
  const [, go] = usePlace();
  const [open, setOpen] = useState(false);
  const erasing = useMutation({
    mutationFn: () =>
      got(
        api.POST("/api/v1/documents/{document}/erasure", {
          params: { path: { document: document.id } },
        }),
      ),
  });
  const done = () => {
    forgetDocuments(queries, new Set([document.id]));
    go({ document: undefined }, { replace: true });
    notify(t("erased", { title: document.title }));
  };
  const save = () => {
    const text = JSON.stringify(erasing.data, null, 2);
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    const link = window.document.createElement("a");
    link.href = url;
    link.download = `erasure-${erasing.data?.receipt.id}.json`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  };
  return (
    <section aria-labelledby="details-erase" className="border-t border-line pt-5">
      <h3 id="details-erase" className="text-sm font-semibold">
        {t("erase")}
      </h3>
      <p className="mt-1 mb-3 text-xs text-soft">{t("eraseHint")}</p>
      <Button onClick={() => setOpen(true)}>
        <ShieldX aria-hidden className="size-4" />
        {t("eraseThis")}
      </Button>
      <Confirm
        open={open && !erasing.data}
        onClose={() => setOpen(false)}
        onConfirm={() => erasing.mutate()}
        busy={erasing.isPending}
        title={t("eraseThis")}
        confirm={t("eraseForGood")}
      >
        <div className="flex flex-col gap-3 pb-2 text-sm">
          {erasing.error && <Trouble error={erasing.error} />}
          <p>{t("eraseText", { title: document.title })}</p>
        </div>
      </Confirm>
      {erasing.data && (
        <Dialog
          open
          closable={false}
          onClose={done}
          title={t("erasedTitle")}
          footer={
            <>
              <Button onClick={save}>{t("saveReceipt")}</Button>
              <Button look="primary" onClick={done}>
                {t("common:close")}
              </Button>
            </>
          }
        >
          <p className="pb-2 text-sm">{t("receiptText")}</p>
        </Dialog>
      )}
    </section>
  );
}
