/** What an answer had to do without, and what can be done about that. */
import { Link } from "@tanstack/react-router";
import { Info } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/app/identity";
import { useFormats } from "@/parts/format";
import { lacksOf, monthEnds } from "./reasons";

export function Degraded({ sentences }: { sentences: readonly string[] }) {
  const { t } = useTranslation("ask");
  return (
    <div className="mb-4 space-y-1.5 rounded-xl bg-warn-tint px-4 py-3 text-sm text-warn">
      {lacksOf(sentences).map(([lack, told]) => (
        <div key={lack} className="flex items-start gap-2.5">
          <Info aria-hidden className="mt-0.5 size-4 shrink-0" />
          <div className="min-w-0">
            <details>
              <summary className="list-none [&::-webkit-details-marker]:hidden">
                {t(`lack.${lack}`)}{" "}
                <span className="whitespace-nowrap text-xs underline underline-offset-2">
                  {t("details")}
                </span>
              </summary>
              {told.map((one) => (
                <p key={one} lang="en" className="mt-1 text-xs break-words">
                  {one}
                </p>
              ))}
            </details>
            {lack === "budget" && <Budget />}
            {lack === "model" && <p className="mt-1">{t("lackRemedy.model")}</p>}
          </div>
        </div>
      ))}
    </div>
  );
}

/** Until when it holds, and who can raise it. */
function Budget() {
  const { t } = useTranslation("ask");
  const { moment } = useFormats();
  const scopes = useMe()?.scopes ?? [];
  const mayRaise = scopes.includes("budget") || scopes.includes("usage");
  return (
    <p className="mt-1">
      {t("lackRemedy.budget", { date: moment(monthEnds().toISOString()) })}{" "}
      {mayRaise ? (
        <Link to="/admin/usage" className="font-semibold underline underline-offset-2">
          {t("toBudgets")}
        </Link>
      ) : (
        t("remedy.budget")
      )}
    </p>
  );
}
