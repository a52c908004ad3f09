/** What somebody thinks of an answer: a thumb, and where it points down the reason and what would be right. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ThumbsDown, ThumbsUp } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got, type Wire } from "@/api/client";
import { Problem } from "@/api/problem";
import { isStill } from "@/app/motion";
import { notify } from "@/app/notices";
import { Button, IconButton } from "@/parts/button";
import { TextArea } from "@/parts/field";
import { useSentence } from "@/parts/trouble";
import { keepThumb, thumbOf } from "./thumbs";

type Thumb = Wire["Thumb"];
type Reason = Wire["FeedbackReason"];

const REASONS: readonly Reason[] = [
  "wrong",
  "incomplete",
  "not_in_library",
  "wrong_source",
  "outdated",
  "unclear",
  "other",
];
const LENGTH_MAX = 4_000;

/** The feedback of one answer: what is known of it, and what changes it. */
export function useFeedback(answer: string) {
  const { t } = useTranslation("ask");
  const say = useSentence();
  const queries = useQueryClient();
  const [thumb, setThumb] = useState<Thumb | undefined>(() => thumbOf(answer));
  const [open, setOpen] = useState(false);
  const [given, setGiven] = useState<Wire["Feedback"]>();
  const path = { params: { path: { answer } } };
  const keep = (next: Thumb | undefined) => {
    setThumb(next);
    keepThumb(answer, next);
  };
  const send = useMutation({
    mutationFn: (body: Wire["NewFeedback"]) =>
      got(api.PUT("/api/v1/answers/{answer}/feedback", { ...path, body })),
    onSuccess: (feedback) => {
      keep(feedback.thumb);
      setGiven(feedback);
      void queries.invalidateQueries({ queryKey: ["feedback"] });
    },
    onError: (error) => notify(say(error), { tone: "bad" }),
  });
  const takeBack = useMutation({
    mutationFn: () => got(api.DELETE("/api/v1/answers/{answer}/feedback", path)),
    onSuccess: () => {
      keep(undefined);
      setGiven(undefined);
      setOpen(false);
      notify(t("feedbackTakenBack"));
    },
    onError: (error) => notify(say(error), { tone: "bad" }),
  });
  /** A thumb was pressed; what was said before, perhaps elsewhere, is not lost by it. */
  const press = async (pressed: Thumb) => {
    if (send.isPending || takeBack.isPending) return;
    if (thumb === pressed) {
      if (pressed === "down" && !open) setOpen(true);
      else takeBack.mutate();
      return;
    }
    const before = await earlier(answer);
    send.mutate({
      thumb: pressed,
      ...(before?.comment && { comment: before.comment }),
      ...(before?.correction && { correction: before.correction }),
      ...(pressed === "down" && before?.reason && { reason: before.reason }),
    });
    setGiven(before);
    setOpen(pressed === "down");
    if (pressed === "up") notify(t("feedbackThanks"), { tone: "good" });
  };
  return { thumb, open, setOpen, given, press, send };
}

/** What was said of an answer before. */
async function earlier(answer: string): Promise<Wire["Feedback"] | undefined> {
  if (thumbOf(answer) === undefined) return undefined;
  try {
    return await got(
      api.GET("/api/v1/answers/{answer}/feedback", { params: { path: { answer } } }),
    );
  } catch (error) {
    if (error instanceof Problem && error.status === 404) return undefined;
    throw error;
  }
}

type State = ReturnType<typeof useFeedback>;

export function Thumbs({ state }: { state: State }) {
  const { t } = useTranslation("ask");
  const looks = (thumb: Thumb) => (state.thumb === thumb ? "bg-tint text-accent-strong" : "");
  return (
    <>
      <IconButton
        label={t("thumbUp")}
        aria-pressed={state.thumb === "up"}
        className={looks("up")}
        onClick={() => void state.press("up")}
      >
        <ThumbsUp aria-hidden className={`size-4 ${state.thumb === "up" ? "fill-current" : ""}`} />
      </IconButton>
      <IconButton
        label={t("thumbDown")}
        aria-pressed={state.thumb === "down"}
        aria-expanded={state.open}
        className={looks("down")}
        onClick={() => void state.press("down")}
      >
        <ThumbsDown
          aria-hidden
          className={`size-4 ${state.thumb === "down" ? "fill-current" : ""}`}
        />
      </IconButton>
    </>
  );
}

function reveal(form: HTMLElement | null): void {
  form?.scrollIntoView?.({ block: "nearest", behavior: isStill() ? "instant" : "smooth" });
}

/** What is wrong with an answer. */
export function FeedbackForm({ state }: { state: State }) {
  const { t } = useTranslation(["ask", "common"]);
  const [reason, setReason] = useState<Reason | undefined>(state.given?.reason ?? undefined);
  const [comment, setComment] = useState(state.given?.comment ?? "");
  const [correction, setCorrection] = useState(state.given?.correction ?? "");
  return (
    <form
      // It may open beneath the box for questions, which stands above the end of the page.
      ref={reveal}
      aria-label={t("feedbackTitle")}
      className="mt-3 scroll-mb-44 rounded-2xl border border-line bg-surface p-4"
      onSubmit={(event) => {
        event.preventDefault();
        state.send.mutate(
          {
            thumb: "down",
            ...(reason && { reason }),
            ...(comment.trim() && { comment: comment.trim() }),
            ...(correction.trim() && { correction: correction.trim() }),
          },
          {
            onSuccess: () => {
              state.setOpen(false);
              notify(t("feedbackThanks"), { tone: "good" });
            },
          },
        );
      }}
    >
      <fieldset>
        <legend className="mb-2 text-sm font-semibold">{t("feedbackTitle")}</legend>
        <div className="flex flex-wrap gap-1.5">
          {REASONS.map((one) => (
            <label
              key={one}
              className="cursor-pointer rounded-full border border-edge bg-raised px-3 py-1.5 text-sm has-checked:border-accent has-checked:bg-tint has-checked:font-medium has-checked:text-accent-strong has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent"
            >
              <input
                type="radio"
                name="reason"
                value={one}
                checked={reason === one}
                onChange={() => setReason(one)}
                className="sr-only"
              />
              {t(`reason.${one}`)}
            </label>
          ))}
        </div>
      </fieldset>
      <div className="mt-4 grid gap-3 @xl:grid-cols-2">
        <TextArea
          label={t("feedbackCorrection")}
          rows={3}
          maxLength={LENGTH_MAX}
          value={correction}
          onChange={(event) => setCorrection(event.target.value)}
        />
        <TextArea
          label={t("feedbackComment")}
          rows={3}
          maxLength={LENGTH_MAX}
          value={comment}
          onChange={(event) => setComment(event.target.value)}
        />
      </div>
      <div className="mt-3 flex justify-end gap-2">
        <Button look="quiet" onClick={() => state.setOpen(false)}>
          {t("common:close")}
        </Button>
        <Button type="submit" look="primary" disabled={state.send.isPending}>
          {t("feedbackSend")}
        </Button>
      </div>
    </form>
  );
}
