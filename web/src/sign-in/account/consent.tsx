/** What the tenant asks people to accept, and whether that has been done. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { Trouble } from "@/parts/trouble";
import { Part } from "./part";
import { consentQuery } from "./queries";

/** Nothing where nothing has to be accepted. */
export function ConsentPart() {
  const { t } = useTranslation("sign-in");
  const formats = useFormats();
  const queries = useQueryClient();
  const consent = useQuery(consentQuery);
  const accept = useMutation({
    mutationFn: (version: string) => got(api.POST("/api/v1/me/consent", { body: { version } })),
    onSuccess: (now) => queries.setQueryData(consentQuery.queryKey, now),
  });
  const text = consent.data?.text;
  if (consent.error) {
    return (
      <Part title={t("consent")}>
        <Trouble error={consent.error} onRetry={() => void consent.refetch()} />
      </Part>
    );
  }
  if (!text) return null;
  const accepted = consent.data?.accepted;
  return (
    <Part
      title={t("consent")}
      text={accepted ? t("consentGiven", { date: formats.moment(accepted) }) : t("consentAsked")}
      aside={
        <Badge tone={accepted ? "good" : "warn"}>{t("version", { version: text.version })}</Badge>
      }
    >
      <section
        aria-label={t("consent")}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        tabIndex={0}
        className="max-h-72 overflow-y-auto rounded-lg bg-sunken px-4 py-3 text-sm whitespace-pre-wrap"
      >
        {text.text}
      </section>
      {accept.error && <Trouble error={accept.error} />}
      {!accepted && (
        <div>
          <Button
            look="primary"
            disabled={accept.isPending}
            onClick={() => accept.mutate(text.version)}
          >
            {t("consentAccept")}
          </Button>
        </div>
      )}
    </Part>
  );
}
