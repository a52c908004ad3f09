/** Where one is signed in, and ending that. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Monitor, Smartphone } from "lucide-react";
import { useTranslation } from "react-i18next";
import { api, got, type Wire } from "@/api/client";
import { signOut } from "@/app/identity";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { deviceOf } from "./device";
import { Part } from "./part";
import { ownSession, sessionsQuery } from "./queries";

export function Sessions() {
  const { t } = useTranslation("sign-in");
  const { t: common } = useTranslation();
  const sessions = useQuery(sessionsQuery);
  const own = ownSession();
  return (
    <Part
      title={t("sessions")}
      text={t("sessionsText")}
      aside={<Button onClick={() => void signOut()}>{t("endAll")}</Button>}
    >
      {sessions.error ? (
        <Trouble error={sessions.error} onRetry={() => void sessions.refetch()} />
      ) : !sessions.data ? (
        <Loading label={common("loading")} />
      ) : (
        <ul className="flex flex-col divide-y divide-line">
          {sessions.data.items.map((one) => (
            <One key={one.id} session={one} own={one.id === own} />
          ))}
        </ul>
      )}
    </Part>
  );
}

function One({ session, own }: { session: Wire["Session"]; own: boolean }) {
  const { t } = useTranslation("sign-in");
  const formats = useFormats();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: () =>
      got(
        api.DELETE("/api/v1/me/sessions/{session}", { params: { path: { session: session.id } } }),
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: sessionsQuery.queryKey }),
  });
  const { name, phone } = deviceOf(session.agent);
  const device = name || t("unknownDevice");
  const Icon = phone ? Smartphone : Monitor;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3 first:pt-0 last:pb-0">
      <Icon aria-hidden className="size-5 shrink-0 text-soft" />
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-2 text-sm font-medium">
          <span title={session.agent}>{device}</span>
          {own && <Badge tone="good">{t("thisSession")}</Badge>}
        </p>
        <p className="text-xs text-soft">
          {t("sessionFacts", {
            address: session.address,
            used: formats.ago(session.used),
            expires: formats.date(session.expires),
          })}
        </p>
        {end.error && <Trouble error={end.error} />}
      </div>
      {!own && (
        <Button
          look="quiet"
          aria-label={t("endSessionOf", { device })}
          disabled={end.isPending}
          onClick={() => end.mutate()}
        >
          {t("endSession")}
        </Button>
      )}
    </li>
  );
}
