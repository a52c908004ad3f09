/** Questions that can be asked next with one press. */
import { useQuery } from "@tanstack/react-query";
import { CornerDownRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import { LANGUAGES } from "@/words/words";
import type { Suggestion } from "./suggestions";

/** The words of suggestions, each in the language of what it asks about. */
export function useQuestions(
  suggestions: readonly Suggestion[],
): { text: string; language: string }[] {
  const { i18n } = useTranslation("ask");
  const wanted = suggestions.map((one) => spoken(one.language, i18n.language));
  const foreign = [...new Set(wanted)].filter((one) => one !== i18n.language).sort();
  // A question in the language of the books finds more in them than one in the reader's.
  const loaded = useQuery({
    queryKey: ["words", foreign.join()],
    queryFn: async () => {
      await i18n.loadLanguages(foreign);
      return true;
    },
    enabled: foreign.length > 0,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (foreign.length > 0 && !loaded.data) return [];
  return suggestions.map((suggestion, at) => {
    const language = wanted[at] ?? i18n.language;
    const t = i18n.getFixedT(language, "ask");
    const { topic, title } = suggestion;
    if (suggestion.isQuestion && topic) return { text: topic, language };
    return {
      text: topic ? t("suggestTopic", { topic, title }) : t("suggestTitle", { title }),
      language,
    };
  });
}

function spoken(language: string | undefined, own: string): string {
  const tag = language?.split("-")[0]?.toLowerCase();
  return tag && tag in LANGUAGES ? tag : own;
}

export function FollowUps({
  suggestions,
  onAsk,
}: {
  suggestions: readonly Suggestion[];
  onAsk(question: string): void;
}) {
  const { t } = useTranslation("ask");
  const questions = useQuestions(suggestions);
  if (questions.length === 0) return null;
  return (
    <section aria-label={t("goOn")} className="mt-6">
      <h3 className="mb-1 text-xs font-semibold text-soft">{t("goOn")}</h3>
      <ul className="-mx-2.5">
        {questions.map(({ text, language }) => (
          <li key={text}>
            <button
              type="button"
              lang={language}
              className="flex w-full items-start gap-2.5 rounded-lg px-2.5 py-2 text-start text-sm hover:bg-tint hover:text-accent-strong"
              onClick={() => onAsk(text)}
            >
              <CornerDownRight
                aria-hidden
                className="mt-0.5 size-4 shrink-0 text-accent rtl:-scale-x-100"
              />
              <span className="min-w-0 [overflow-wrap:anywhere]">{text}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
