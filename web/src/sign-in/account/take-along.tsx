/** Everything that is kept of somebody, as a file for them. */
import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchPath } from "@/api/client";
import { Button } from "@/parts/button";
import { CheckField } from "@/parts/field";
import { Trouble } from "@/parts/trouble";
import { save } from "../save";
import { Part } from "./part";

export function TakeAlong() {
  const { t } = useTranslation("sign-in");
  const [files, setFiles] = useState(false);
  const fetching = useMutation({
    mutationFn: async () => {
      const response = await fetchPath(`/api/v1/me/export?files=${files}`);
      save(await response.blob(), `alexandria-${new Date().toISOString().slice(0, 10)}.zip`);
    },
  });
  return (
    <Part title={t("takeAlong")} text={t("takeAlongText")}>
      {fetching.error && <Trouble error={fetching.error} onRetry={() => fetching.mutate()} />}
      <CheckField
        label={t("takeFiles")}
        hint={t("takeFilesHint")}
        checked={files}
        onChange={(event) => setFiles(event.target.checked)}
      />
      <div>
        <Button disabled={fetching.isPending} onClick={() => fetching.mutate()}>
          <Download aria-hidden className="size-4" />
          {fetching.isPending ? t("taking") : t("take")}
        </Button>
      </div>
    </Part>
  );
}
