/** An answer checked again: whether the quoted texts still say what they said on that day. */
import { ShieldAlert, ShieldCheck, X } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { IconButton } from "@/parts/button";
import { findingsOf } from "./reasons";

export function Verified({ result, onClose }: { result: Wire["Verification"]; onClose(): void }) {
  const { t } = useTranslation(["ask", "common"]);
  const gone = result.texts.filter((state) => state === "gone").length;
  const changed = result.texts.filter((state) => state === "changed").length;
  const doubtful = result.sentences.flatMap((sentence, at) => {
    const given = result.answer.sentences[at];
    if (!given) return [];
    const lost = given.citations.length - sentence.quotes_standing;
    if (sentence.verdict.supported && lost <= 0) return [];
    const why = [
      ...(lost > 0 ? [t("quotesLost", { count: lost })] : []),
      ...(sentence.verdict.supported ? [] : findingsOf(sentence.verdict, t)),
    ];
    return [{ text: given.text, why: why.join("; ") }];
  });
  const Icon = result.holds ? ShieldCheck : ShieldAlert;
  return (
    <section
      aria-label={t("verifyResult")}
      className={`mt-3 flex items-start gap-3 rounded-2xl border p-4 text-sm ${result.holds ? "border-good bg-good-tint" : "border-warn bg-warn-tint"}`}
    >
      <Icon
        aria-hidden
        className={`mt-0.5 size-5 shrink-0 ${result.holds ? "text-good" : "text-warn"}`}
      />
      <div className="min-w-0 flex-1">
        <p className={`font-semibold ${result.holds ? "text-good" : "text-warn"}`}>
          {result.holds ? t("verifyHolds") : t("verifyFails")}
        </p>
        {result.holds && (
          <p className="mt-0.5">{t("verifyHoldsText", { count: result.texts.length })}</p>
        )}
        {changed > 0 && <p className="mt-0.5">{t("textsChanged", { count: changed })}</p>}
        {gone > 0 && <p className="mt-0.5">{t("textsGone", { count: gone })}</p>}
        {doubtful.length > 0 && (
          <ul className="mt-2 space-y-1.5">
            {doubtful.map(({ text, why }) => (
              <li key={text}>
                <span className="font-serif">“{text}”</span>{" "}
                <span className="text-xs font-medium text-warn">{why}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
      <IconButton label={t("common:close")} className="-me-2 -mt-2" onClick={onClose}>
        <X aria-hidden className="size-4" />
      </IconButton>
    </section>
  );
}
