/** Where a person is signed in. */
import { useQuery } from "@tanstack/react-query";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { deviceOf } from "@/sign-in/account/device";
import { ownSession } from "@/sign-in/account/queries";
import { Fetched } from "../parts/state";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";

export function SessionsDialog({ user, onClose }: { user: Wire["User"]; onClose(): void }) {
  const { t } = useWords();
  const formats = useFormats();
  const path = { user: user.id };
  const query = useQuery({
    queryKey: ["users", user.id, "sessions"],
    queryFn: async () =>
      (await got(api.GET("/api/v1/users/{user}/sessions", { params: { path } }))).items,
  });
  const changes = [["users", user.id]];
  const end = useDoing(
    (session: string) =>
      api.DELETE("/api/v1/users/{user}/sessions/{session}", {
        params: { path: { ...path, session } },
      }),
    { changes, said: t("sessionEnded") },
  );
  const endAll = useDoing(() => api.DELETE("/api/v1/users/{user}/sessions", { params: { path } }), {
    changes,
    said: t("sessionsEnded"),
  });
  const sessions = query.data ?? [];
  const own = ownSession();
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("sessionsOf", { name: user.name })}
      footer={
        sessions.length > 0 && (
          <Button look="danger" disabled={endAll.isPending} onClick={() => endAll.mutate()}>
            {t("endAllSessions")}
          </Button>
        )
      }
    >
      <Fetched query={query}>
        {() =>
          sessions.length === 0 ? (
            <p className="py-4 text-sm text-soft">{t("noSessions")}</p>
          ) : (
            <ul className="divide-y divide-line">
              {sessions.map((session) => (
                <li key={session.id} className="flex items-center gap-4 py-3 text-sm">
                  <div className="min-w-0 flex-1">
                    <p className="flex flex-wrap items-center gap-2">
                      <span title={session.agent}>
                        {deviceOf(session.agent).name || t("unknownAgent")}
                      </span>
                      {session.id === own && <Badge tone="good">{t("thisSession")}</Badge>}
                    </p>
                    <p className="text-xs text-soft">
                      {session.address} · {t("lastUsed", { when: formats.ago(session.used) })}
                    </p>
                  </div>
                  <Button disabled={end.isPending} onClick={() => end.mutate(session.id)}>
                    {t("endSession")}
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Fetched>
    </Dialog>
  );
}
