/** Why a passage stands where it stands: its words, its meaning, and what both together are worth. */
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { useFormats } from "@/parts/format";

export function Why({ passage, most }: { passage: Wire["Passage"]; most: number }) {
  const { t } = useTranslation("search");
  const formats = useFormats();
  const { score, explanation } = passage;
  const lexicalRank = explanation?.lexical_rank;
  const semanticRank = explanation?.semantic_rank;
  const joined = explanation?.joined ?? 1;
  const folded = explanation?.folded ?? 0;
  return (
    <div className="mt-3 max-w-prose rounded-xl bg-sunken px-4 py-3.5 text-sm">
      <p>{t(summary(score))}</p>
      <dl className="mt-3 flex flex-col gap-3">
        <Line
          name={t("whyWords")}
          share={typeof score.lexical === "number" && most > 0 ? score.lexical / most : undefined}
          value={typeof score.lexical === "number" ? formats.number(score.lexical, 1) : undefined}
          text={
            lexicalRank
              ? t("whyWordsRank", { rank: formats.number(lexicalRank) })
              : t("whyWordsNone")
          }
        />
        <Line
          name={t("whyMeaning")}
          share={score.semantic ?? undefined}
          value={typeof score.semantic === "number" ? formats.percent(score.semantic) : undefined}
          text={
            semanticRank
              ? t("whyMeaningRank", { rank: formats.number(semanticRank) })
              : t("whyMeaningNone")
          }
        />
        <Line
          name={t("whyTogether")}
          share={score.fused}
          value={formats.percent(score.fused)}
          text={t("whyTogetherText")}
        />
      </dl>
      {(joined > 1 || folded > 0 || passage.also_in.length > 0) && (
        <ul className="mt-3 list-disc space-y-1 ps-5 text-soft">
          {joined > 1 && <li>{t("whyJoined", { count: joined })}</li>}
          {folded > 0 && <li>{t("whyFolded", { count: folded })}</li>}
          {passage.also_in.length > 0 && <li>{t("whyAlso", { count: passage.also_in.length })}</li>}
        </ul>
      )}
    </div>
  );
}

/** One part of the reason: its name, a bar, the number and what that says. */
function Line({
  name,
  share,
  value,
  text,
}: {
  name: string;
  share: number | undefined;
  value: string | undefined;
  text: string;
}) {
  const width = Math.max(0, Math.min(1, share ?? 0));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1 sm:grid-cols-[7rem_minmax(0,1fr)_3.5rem]">
      <dt className="font-medium">{name}</dt>
      <dd className="text-end tabular-nums sm:order-last">{value ?? "–"}</dd>
      <dd className="col-span-2 min-w-0 sm:col-span-1">
        <div aria-hidden className="h-2 rounded-full bg-line sm:mt-1.5">
          <div className="h-full rounded-full bg-accent" style={{ width: `${width * 100}%` }} />
        </div>
        <p className="mt-1 text-xs text-soft">{text}</p>
      </dd>
    </div>
  );
}

function summary(score: Wire["Score"]): "whyBoth" | "whyOnlyWords" | "whyOnlyMeaning" {
  if (typeof score.lexical !== "number") return "whyOnlyMeaning";
  return typeof score.semantic === "number" ? "whyBoth" : "whyOnlyWords";
}
