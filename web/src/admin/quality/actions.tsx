import { useNavigate } from "@tanstack/react-router";
import { Play, Square, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { Confirm, Dialog } from "@/parts/dialog";
import { TextField } from "@/parts/field";
import { Trouble } from "@/parts/trouble";
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
    <Dialog
      open
      onClose={onClose}
      title={t("changeShare")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button type="submit" form="share" look="primary" disabled={change.isPending}>
            {t("common:save")}
          </Button>
        </>
      }
    >
      <form
        id="share"
        className="flex flex-col gap-4"
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate();
        }}
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
        {change.isError && <Trouble error={change.error} />}
      </form>
    </Dialog>
  );
}
