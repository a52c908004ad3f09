/** Another try at reading a document whose reading has broken off. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import { Button } from "@/parts/button";
import { Trouble } from "@/parts/trouble";
import type { Document } from "./queries";

/** Shown where the last reading failed or was cancelled; a file that cannot be read has nothing to try again. */
export function ReadAgain({ document }: { document: Document }) {
  const { t } = useTranslation("library");
  const queries = useQueryClient();
  const last = useQuery({
    queryKey: ["jobs", "last", document.id],
    queryFn: async () => {
      const query = { document: document.id, kind: "index_document", limit: 1 };
      const page = await got(api.GET("/api/v1/jobs", { params: { query } }));
      return page.items[0] ?? null;
    },
  });
  const again = useMutation({
    mutationFn: (job: string) =>
      got(api.POST("/api/v1/jobs/{job}/retry", { params: { path: { job } } })),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["jobs"] });
      return queries.invalidateQueries({ queryKey: ["documents", "one", document.id] });
    },
  });
  const { data: job } = last;
  if (job?.state !== "failed" && job?.state !== "cancelled") return null;
  return (
    <div className="mt-3 flex flex-col items-start gap-3">
      {again.error && <Trouble error={again.error} />}
      <Button disabled={again.isPending} onClick={() => again.mutate(job.id)}>
        <RotateCw aria-hidden className="size-4" />
        {t("readAgain")}
      </Button>
    </div>
  );
}
