/** What can be done with an answer: copied, asked again in another way, judged, checked. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ChevronLeft, ChevronRight, Copy, RefreshCw, ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got, type Wire } from "@/api/client";
import { notify } from "@/app/notices";
import { IconButton } from "@/parts/button";
import { Menu, MenuItem, MenuLabel, MenuLine } from "@/parts/menu";
import { useSentence } from "@/parts/trouble";
import { copy } from "./clipboard";
import type { Given } from "./exchange";
import { FeedbackForm, Thumbs, useFeedback } from "./feedback";
import type { Way } from "./kept";
import { documentQuery, personasQuery, writerQuery } from "./queries";
import { bibtex, markdown, plain, type Work } from "./references";
import { Verified } from "./verification";
import { usePlaceWords } from "./words";

/** How one answer is asked for again: what differs from how the conversation is asked. */
export type Otherwise = Partial<Pick<Way, "writer" | "passages" | "persona">> & {
  readonly withoutPersona?: boolean;
};

const MANY_PASSAGES = 30;
const FEW_PASSAGES = 5;

export function Actions({
  given,
  way,
  meta,
  onAgain,
}: {
  given: Given;
  way: Way;
  meta: React.ReactNode;
  onAgain(otherwise: Otherwise): void;
}) {
  const { t } = useTranslation("ask");
  const say = useSentence();
  const [verification, setVerification] = useState<Wire["Verification"]>();
  const feedback = useFeedback(given.id ?? "");
  const verify = useMutation({
    mutationFn: () =>
      got(
        api.POST("/api/v1/answers/{answer}/verify", {
          params: { path: { answer: given.id ?? "" } },
        }),
      ),
    onSuccess: setVerification,
    onError: (error) => notify(say(error), { tone: "bad" }),
  });
  const cites = given.sentences.length > 0;
  return (
    <>
      <div className="mt-3 -ms-2 flex flex-wrap items-center gap-x-0.5">
        {cites && <CopyMenu given={given} />}
        <AgainMenu given={given} way={way} onAgain={onAgain} />
        {given.id && <Thumbs state={feedback} />}
        {given.id && cites && (
          <IconButton
            label={t("verify")}
            disabled={verify.isPending}
            onClick={() => verify.mutate()}
          >
            <ShieldCheck
              aria-hidden
              className={`size-4 ${verify.isPending ? "animate-pulse" : ""}`}
            />
          </IconButton>
        )}
        <p className="ms-2 min-w-0 text-xs text-soft">{meta}</p>
      </div>
      {feedback.open && <FeedbackForm key={feedback.given?.changed ?? ""} state={feedback} />}
      <div role="status">
        {verification && (
          <Verified result={verification} onClose={() => setVerification(undefined)} />
        )}
      </div>
    </>
  );
}

function CopyMenu({ given }: { given: Given }) {
  const { t } = useTranslation(["ask", "common"]);
  const queries = useQueryClient();
  const words = usePlaceWords();
  const put = async (text: string) => {
    if (await copy(text)) notify(t("common:copied"), { tone: "good" });
    else notify(t("copyFailed"), { tone: "bad" });
  };
  const copyBibtex = async () => {
    const ids = new Set(given.sentences.flatMap((one) => one.citations.map((c) => c.document_id)));
    const works = new Map<string, Work>();
    // A document that is gone has no authors any more, and still is a source.
    const asked = [...ids].map(async (id) =>
      works.set(id, await queries.fetchQuery(documentQuery(id))),
    );
    await Promise.allSettled(asked);
    await put(bibtex(given.sentences, works, location.origin));
  };
  return (
    <Menu
      align="start"
      trigger={
        <IconButton label={t("copyAnswer")}>
          <Copy aria-hidden className="size-4" />
        </IconButton>
      }
    >
      <MenuLabel>{t("copyWithReferences")}</MenuLabel>
      <MenuItem onSelect={() => void put(plain(given.sentences, words))}>{t("copyPlain")}</MenuItem>
      <MenuItem onSelect={() => void put(markdown(given.sentences, words, location.origin))}>
        Markdown
      </MenuItem>
      <MenuItem onSelect={() => void copyBibtex()}>BibTeX</MenuItem>
    </Menu>
  );
}

function AgainMenu({
  given,
  way,
  onAgain,
}: {
  given: Given;
  way: Way;
  onAgain(otherwise: Otherwise): void;
}) {
  const { t } = useTranslation("ask");
  const personas = useQuery(personasQuery).data ?? [];
  const hasModel = useQuery(writerQuery).data !== "extractive";
  const others = personas.filter((persona) => persona.name !== given.persona);
  return (
    <Menu
      align="start"
      trigger={
        <IconButton label={t("regenerate")}>
          <RefreshCw aria-hidden className="size-4" />
        </IconButton>
      }
    >
      <MenuItem onSelect={() => onAgain({})}>{t("againSame")}</MenuItem>
      <MenuItem onSelect={() => onAgain({ passages: MANY_PASSAGES })}>{t("againMore")}</MenuItem>
      <MenuItem onSelect={() => onAgain({ passages: FEW_PASSAGES })}>{t("againFewer")}</MenuItem>
      {hasModel && (
        <>
          <MenuLine />
          {given.writer?.kind !== "extractive" && (
            <MenuItem onSelect={() => onAgain({ writer: "extractive" })}>
              {t("againExtractive")}
            </MenuItem>
          )}
          {(given.writer?.kind === "extractive" || way.writer === "extractive") && (
            <MenuItem onSelect={() => onAgain({ writer: "auto" })}>{t("againModel")}</MenuItem>
          )}
        </>
      )}
      {(others.length > 0 || given.persona) && (
        <>
          <MenuLine />
          <MenuLabel>{t("persona")}</MenuLabel>
          {given.persona && (
            <MenuItem onSelect={() => onAgain({ withoutPersona: true })}>{t("noPersona")}</MenuItem>
          )}
          {others.map((persona) => (
            <MenuItem key={persona.id} onSelect={() => onAgain({ persona: persona.name })}>
              {persona.name}
            </MenuItem>
          ))}
        </>
      )}
    </Menu>
  );
}

/** Which of several answers to a question is shown. */
export function Versions({
  shown,
  count,
  onShow,
}: {
  shown: number;
  count: number;
  onShow(at: number): void;
}) {
  const { t } = useTranslation("ask");
  if (count < 2) return null;
  return (
    <div className="flex items-center text-xs text-soft">
      <IconButton
        label={t("previousAnswer")}
        disabled={shown === 0}
        className="size-7"
        onClick={() => onShow(shown - 1)}
      >
        <ChevronLeft aria-hidden className="size-4 rtl:rotate-180" />
      </IconButton>
      <span className="tabular-nums">{t("answerOf", { number: shown + 1, total: count })}</span>
      <IconButton
        label={t("nextAnswer")}
        disabled={shown === count - 1}
        className="size-7"
        onClick={() => onShow(shown + 1)}
      >
        <ChevronRight aria-hidden className="size-4 rtl:rotate-180" />
      </IconButton>
    </div>
  );
}
