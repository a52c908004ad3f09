/** What people said of their answers; a case can be made of each. */
import { getRouteApi } from "@tanstack/react-router";
import { MessageSquareText, ThumbsDown, ThumbsUp } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Badge, Empty } from "@/parts/page";
import { useNames } from "../names";
import { More, usePaged } from "../parts/paged";
import { Segments } from "../parts/segments";
import { Fetched } from "../parts/state";
import { useWords } from "../words";
import { MakeCase } from "./make-case";

type Feedback = Wire["Feedback"];

const route = getRouteApi("/inside/admin/quality");

export function FeedbackList() {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const thumb = search.thumb === "up" || search.thumb === "down" ? search.thumb : undefined;
  const [making, setMaking] = useState<Feedback | undefined>();
  const query = usePaged(["feedback", thumb ?? "all"], (cursor) =>
    got(
      api.GET("/api/v1/feedback", {
        params: {
          query: {
            limit: 50,
            ...(thumb && { thumb }),
            ...(cursor !== undefined && { cursor }),
          },
        },
      }),
    ),
  );
  return (
    <>
      <div className="mb-4">
        <Segments
          label={t("thumb")}
          value={thumb ?? "all"}
          onChange={(next) =>
            void navigate({
              search: { view: "feedback", ...(next !== "all" && { thumb: next }) },
            })
          }
          choices={[
            { value: "all", label: t("thumbAll") },
            { value: "up", label: t("thumbUp") },
            { value: "down", label: t("thumbDown") },
          ]}
        />
      </div>
      <Fetched query={query}>
        {() =>
          query.items.length === 0 ? (
            <Empty
              icon={<MessageSquareText aria-hidden className="size-8" />}
              title={t("noFeedback")}
            >
              {t("noFeedbackText")}
            </Empty>
          ) : (
            <ul
              aria-label={t("feedback")}
              className="divide-y divide-line rounded-2xl border border-line bg-surface"
            >
              {query.items.map((one) => (
                <Row
                  key={`${one.answer_id}:${one.actor}`}
                  feedback={one}
                  onCase={() => setMaking(one)}
                />
              ))}
            </ul>
          )
        }
      </Fetched>
      <More query={query} />
      {making && <MakeCase feedback={making} onClose={() => setMaking(undefined)} />}
    </>
  );
}

function Row({ feedback, onCase }: { feedback: Feedback; onCase(): void }) {
  const { t } = useWords();
  const formats = useFormats();
  const names = useNames();
  const up = feedback.thumb === "up";
  const Thumb = up ? ThumbsUp : ThumbsDown;
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-3 px-5 py-4 text-sm">
      <Thumb
        role="img"
        aria-label={up ? t("thumbUp") : t("thumbDown")}
        className={`mt-0.5 size-5 shrink-0 ${up ? "text-good" : "text-bad"}`}
      />
      <div className="min-w-0 flex-1 basis-44">
        <p className="break-words font-medium">{feedback.question}</p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-xs text-soft">
          <span>{names(feedback.actor)}</span>
          <time dateTime={feedback.changed}>{formats.moment(feedback.changed)}</time>
          {feedback.reason && <Badge tone="warn">{t(`reason.${feedback.reason}`)}</Badge>}
          {!feedback.answered && <Badge>{t("notFound")}</Badge>}
        </p>
        {feedback.comment && <p className="mt-2 break-words">“{feedback.comment}”</p>}
        {feedback.correction && (
          <p className="mt-2 break-words rounded-lg bg-sunken px-3 py-2">
            <span className="block text-xs text-soft">{t("correction")}</span>
            {feedback.correction}
          </p>
        )}
      </div>
      <Button onClick={onCase}>{t("makeCase")}</Button>
    </li>
  );
}
