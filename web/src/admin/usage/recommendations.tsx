import { useQuery } from "@tanstack/react-query";
import { Lightbulb } from "lucide-react";
import { useFormats } from "@/parts/format";
import { Section } from "../parts/section";
import { sentence } from "../parts/sentence";
import { Fetched } from "../parts/state";
import { outlookQuery } from "../queries";
import { useWords } from "../words";

/** What could be saved, with the figures it rests on. */
export function Recommendations() {
  const { t } = useWords();
  const formats = useFormats();
  const query = useQuery(outlookQuery);
  const found = query.data?.recommendations ?? [];
  return (
    <Section title={t("recommendations")}>
      <Fetched query={query}>
        {() =>
          found.length === 0 ? (
            <p className="text-sm text-soft">{t("noRecommendations")}</p>
          ) : (
            <ul className="grid gap-3 xl:grid-cols-2">
              {found.map((one) => (
                <li
                  key={one.title}
                  className="flex gap-3 rounded-2xl border border-line bg-surface px-5 py-4 text-sm"
                >
                  <Lightbulb aria-hidden className="mt-0.5 size-5 shrink-0 text-warn" />
                  <div className="min-w-0">
                    <h3 className="font-medium">{one.title}</h3>
                    <p className="mt-1 text-soft">{sentence(one.reason)}</p>
                    <p className="mt-1 text-xs font-medium">
                      {t("couldSave", { saving: formats.usd(one.saving_usd) })}
                    </p>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Fetched>
    </Section>
  );
}
