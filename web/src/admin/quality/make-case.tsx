/** Making a case of an answer: what it should say follows from the feedback, or is said here. */
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { CheckField, TextArea } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";

/** Whether the feedback says by itself what would be right. */
export function saysWhatIsRight(feedback: Wire["Feedback"]): boolean {
  return (
    feedback.thumb === "up" || Boolean(feedback.correction) || feedback.reason === "not_in_library"
  );
}

export function MakeCase({ feedback, onClose }: { feedback: Wire["Feedback"]; onClose(): void }) {
  const { t } = useWords();
  const says = saysWhatIsRight(feedback);
  const [answers, setAnswers] = useState("");
  const [none, setNone] = useState(false);
  const given = answers
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const make = useDoing(
    (body: Wire["NewCase"]) => got(api.POST("/api/v1/evaluation/cases", { body })),
    { changes: [["cases"], ["audit"]], said: t("caseMade"), quiet: true, onDone: onClose },
  );
  const ready = says || none || given.length > 0;
  return (
    <FormDialog
      title={t("makeCase")}
      submit={t("makeCase")}
      ready={ready}
      busy={make.isPending}
      error={make.error}
      onSubmit={() => {
        make.mutate({
          answer_id: feedback.answer_id,
          ...(none ? { answers: [] } : given.length > 0 && { answers: given }),
        });
      }}
      onClose={onClose}
    >
      <p className="font-medium">{feedback.question}</p>
      <p className="text-soft">{says ? t("caseSays") : t("caseSaysNot")}</p>
      <TextArea
        label={t("rightAnswers")}
        hint={t("rightAnswersHint")}
        rows={4}
        disabled={none}
        value={answers}
        onChange={(event) => setAnswers(event.target.value)}
      />
      <CheckField
        label={t("mustNotAnswer")}
        hint={t("mustNotAnswerHint")}
        checked={none}
        onChange={(event) => setNone(event.target.checked)}
      />
    </FormDialog>
  );
}
