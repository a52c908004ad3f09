/** Says that the server does not answer, and that it is being looked for. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import * as connection from "@/api/connection";

export function ConnectionBar() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const state = useSyncExternalStore(connection.subscribe, connection.connection);
  useEffect(() => {
    if (state === "here") return;
    // What could not be fetched meanwhile is fetched when the server is back.
    return () => void queries.invalidateQueries();
  }, [state, queries]);
  return (
    <div role="status">
      {state === "away" && (
        <div className="flex flex-wrap items-center justify-center gap-3 bg-warn-tint px-4 py-2 text-sm text-warn">
          {navigator.onLine ? t("serverAway") : t("offline")}
          <button
            type="button"
            className="font-semibold underline underline-offset-2"
            onClick={() => void connection.lookNow()}
          >
            {t("tryAgain")}
          </button>
        </div>
      )}
    </div>
  );
}
