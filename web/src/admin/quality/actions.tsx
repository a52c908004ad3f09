import { useNavigate } from "@tanstack/react-router";
import { Play, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { Confirm } from "@/parts/dialog";
import { TextField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";

type Ask = "start" | "stop" | "share" | "remove";

const CHANGES = [["experiments"], ["audit"]];

/** Start, stop, share, remove; each experiment runs once. */
export function ExperimentActions({ experiment }: { experiment: Wire["Experiment"] }) {
  const { t } = useWords();
  const [asked, setAsked] = useState<Ask | undefined>();
  const { state } = experiment;
  return (
    <>
      {state !== "stopped" && <Button onClick={() => setAsked("share")}>{t("changeShare")}</Button>}
      {state === "draft" && (
        <Button look="primary" onClick={() => setAsked("start")}>
          <Play aria-hidden className="size-4" />
          {t("start")}
        </Button>
      )}
      {state === "running" ? (
        <Button look="danger" onClick={() => setAsked("stop")}>
          <Square aria-hidden className="size-4" />
          {t("stop")}
        </Button>
      ) : (
        <Button look="danger" onClick={() => setAsked("remove")}>
          <Trash2 aria-hidden className="size-4" />
          {t("remove")}
        </Button>
      )}
      {asked === "share" && (
        <ShareDialog experiment={experiment} onClose={() => setAsked(undefined)} />
      )}
      {asked && asked !== "share" && (
        <Sure act={asked} experiment={experiment} onClose={() => setAsked(undefined)} />
      )}
    </>
  );
}

function Sure({
  act,
  experiment,
  onClose,
}: {
  act: "start" | "stop" | "remove";
  experiment: Wire["Experiment"];
  onClose(): void;
}) {
  const { t } = useWords();
  const navigate = useNavigate();
  const { name } = experiment;
  const path = { experiment: experiment.id };
  const go = useDoing(
    async () => {
      if (act === "start") {
        await api.POST("/api/v1/experiments/{experiment}/start", { params: { path } });
      } else if (act === "stop") {
        await api.POST("/api/v1/experiments/{experiment}/stop", { params: { path } });
      } else {
        await api.DELETE("/api/v1/experiments/{experiment}", { params: { path } });
      }
    },
    {
      changes: act === "remove" ? [["experiments", "list"], ["audit"]] : CHANGES,
      said: t(`experimentDone.${act}`, { name }),
      onDone: () => {
        onClose();
        if (act === "remove") void navigate({ to: "/admin/quality", search: {} });
      },
    },
  );
  return (
    <Confirm
      open
      onClose={onClose}
      title={t(`experimentTitle.${act}`, { name })}
      confirm={t(act)}
      look={act === "start" ? "primary" : "danger"}
      busy={go.isPending}
      onConfirm={() => go.mutate()}
    >
      <p className="text-sm">{t(`experimentText.${act}`)}</p>
    </Confirm>
  );
}

function ShareDialog({ experiment, onClose }: { experiment: Wire["Experiment"]; onClose(): void }) {
  const { t } = useWords();
  const [share, setShare] = useState(String(experiment.share));
  const change = useDoing(
    () =>
      got(
        api.PATCH("/api/v1/experiments/{experiment}", {
          params: { path: { experiment: experiment.id } },
          body: { share: Number(share) },
        }),
      ),
    { changes: CHANGES, said: t("shareChanged"), quiet: true, onDone: onClose },
  );
  return (
    <FormDialog
      title={t("changeShare")}
      submit={t("common:save")}
      busy={change.isPending}
      error={change.error}
      onSubmit={() => {
        change.mutate();
      }}
      onClose={onClose}
    >
      <TextField
        label={t("shareInPercent")}
        hint={t("shareHint")}
        type="number"
        min={0}
        max={100}
        required
        value={share}
        onChange={(event) => setShare(event.target.value)}
      />
    </FormDialog>
  );
}
