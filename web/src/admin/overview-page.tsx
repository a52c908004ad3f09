/** How the library does at a glance: what wants attention, its parts, what it holds and uses. */
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { api, got, type Wire } from "@/api/client";
import { useMay } from "@/app/identity";
import { useFormats } from "@/parts/format";
import { Badge, Page } from "@/parts/page";
import { SecurityList } from "./audit/security-list";
import { concerns } from "./overview/attention";
import { AttentionList } from "./overview/attention-list";
import { Doctor } from "./overview/doctor";
import { EncryptionSection } from "./overview/encryption";
import { Figure, Figures } from "./overview/figures";
import { Health } from "./overview/health";
import { Section } from "./parts/section";
import { Fetched } from "./parts/state";
import {
  accessReviewQuery,
  budgetsQuery,
  healthQuery,
  limitsQuery,
  outlookQuery,
  statusQuery,
  usageQuery,
} from "./queries";
import { useWords } from "./words";

const AGAIN_MS = 15_000;
const SECURITY_SHOWN = 5;

export function OverviewPage() {
  const { t } = useWords();
  const mayStatus = useMay("ask");
  const mayUsage = useMay("usage");
  const mayBudget = useMay("budget");
  const mayAudit = useMay("audit");
  const mayOperate = useMay("operate");
  const health = useQuery({ ...healthQuery, refetchInterval: AGAIN_MS });
  const status = useQuery({ ...statusQuery, enabled: mayStatus, refetchInterval: AGAIN_MS });
  const budgets = useQuery({ ...budgetsQuery, enabled: mayUsage || mayBudget });
  const limits = useQuery({ ...limitsQuery, enabled: mayOperate });
  const review = useQuery({ ...accessReviewQuery, enabled: mayAudit });
  const events = useQuery({
    queryKey: ["security-events", "newest"],
    queryFn: () => got(api.GET("/api/v1/security-events", { params: { query: { limit: 50 } } })),
    enabled: mayAudit,
  });
  const found = concerns(
    {
      health: health.data,
      status: status.data,
      budgets: budgets.data,
      limits: limits.data,
      events: events.data?.items,
      review: review.data,
    },
    Date.now(),
  );
  return (
    <Page title={t("overview")} lead={t("overviewLead")} wide>
      <Section title={t("attention")}>
        <Fetched query={health}>{() => <AttentionList concerns={found} />}</Fetched>
      </Section>
      <Section
        title={t("health")}
        actions={
          status.data && (
            <span className="flex flex-wrap gap-2">
              <Badge>{t("version", { version: status.data.version })}</Badge>
              {status.data.environment !== "local" && <Badge>{status.data.environment}</Badge>}
            </span>
          )
        }
      >
        <Fetched query={health}>{() => health.data && <Health health={health.data} />}</Fetched>
      </Section>
      {mayStatus && <Holdings query={status} />}
      {mayUsage && <Today />}
      {mayOperate && <EncryptionSection />}
      {mayOperate && <Doctor />}
      {mayAudit && (
        <Section
          title={t("securityEvents")}
          actions={
            <Link
              to="/admin/audit"
              search={{ view: "security" }}
              className="text-sm font-medium text-accent underline underline-offset-2"
            >
              {t("allEvents")}
            </Link>
          }
        >
          <Fetched query={events}>
            {() => <SecurityList events={(events.data?.items ?? []).slice(0, SECURITY_SHOWN)} />}
          </Fetched>
        </Section>
      )}
    </Page>
  );
}

function Holdings({ query }: { query: UseQueryResult<Wire["Status"]> }) {
  const { t } = useWords();
  const formats = useFormats();
  return (
    <Section title={t("holdings")}>
      <Fetched query={query}>
        {() => {
          const status = query.data;
          if (!status) return null;
          const { bytes, documents } = status;
          return (
            <Figures>
              <Figure
                label={t("documents")}
                value={formats.number(documents.total)}
                note={t("documentsReady", { ready: formats.number(documents.ready) })}
              />
              <Figure label={t("collections")} value={formats.number(status.collections)} />
              <Figure
                label={t("passages")}
                value={formats.number(status.chunks)}
                note={t("passagesEmbedded", { embedded: formats.number(status.embedded) })}
              />
              <Figure
                label={t("stored")}
                value={formats.bytes(bytes.originals + bytes.catalog + bytes.indexes)}
                note={t("storedNote", {
                  originals: formats.bytes(bytes.originals),
                  indexes: formats.bytes(bytes.indexes + bytes.catalog),
                })}
              />
            </Figures>
          );
        }}
      </Fetched>
    </Section>
  );
}

/** What language models have been used for today (UTC, as the ledger counts), and this month. */
function Today() {
  const { t } = useWords();
  const formats = useFormats();
  const query = useQuery(usageQuery(1, "feature"));
  const outlook = useQuery(outlookQuery);
  return (
    <Section
      title={t("usageToday")}
      actions={
        <Link
          to="/admin/usage"
          className="text-sm font-medium text-accent underline underline-offset-2"
        >
          {t("allUsage")}
        </Link>
      }
    >
      <Fetched query={query}>
        {() => {
          const days = query.data?.days ?? [];
          const month = query.data?.month;
          const sum = (of: (day: (typeof days)[number]) => number) =>
            days.reduce((all, day) => all + of(day), 0);
          return (
            <Figures>
              <Figure label={t("calls")} value={formats.number(sum((day) => day.calls))} />
              <Figure
                label={t("tokens")}
                value={formats.number(sum((day) => day.prompt_tokens + day.completion_tokens))}
                note={t("tokensNote", {
                  read: formats.number(sum((day) => day.prompt_tokens)),
                  written: formats.number(sum((day) => day.completion_tokens)),
                })}
              />
              <Figure label={t("cost")} value={formats.usd(sum((day) => day.cost_usd))} />
              {month && (
                <Figure
                  label={t("thisMonth")}
                  value={formats.usd(month.cost_usd)}
                  note={
                    outlook.data?.forecast
                      ? t("forecastNote", { cost: formats.usd(outlook.data.forecast.cost_usd) })
                      : month.budget_usd > 0
                        ? t("ofBudget", { budget: formats.usd(month.budget_usd) })
                        : undefined
                  }
                />
              )}
            </Figures>
          );
        }}
      </Fetched>
    </Section>
  );
}
