/** Who did what, and what looked like an attack. */
import { getRouteApi } from "@tanstack/react-router";
import { Page } from "@/parts/page";
import { AuditLog } from "./audit/log";
import { SecurityEvents } from "./audit/security-events";
import { Segments } from "./parts/segments";
import { useWords } from "./words";

const route = getRouteApi("/inside/admin/audit");

export function AuditPage() {
  const { t } = useWords();
  const { view } = route.useSearch();
  const navigate = route.useNavigate();
  const shown = view === "security" ? "security" : "log";
  return (
    <Page
      title={t("audit")}
      lead={shown === "log" ? t("auditLead") : t("securityLead")}
      wide
      actions={
        <Segments
          label={t("shown")}
          value={shown}
          onChange={(next) =>
            void navigate({ search: next === "security" ? { view: "security" } : {} })
          }
          choices={[
            { value: "log", label: t("auditLog") },
            { value: "security", label: t("securityEvents") },
          ]}
        />
      }
    >
      {shown === "log" ? <AuditLog /> : <SecurityEvents />}
    </Page>
  );
}
