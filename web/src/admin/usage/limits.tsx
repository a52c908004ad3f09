/** What is limited, and who stands at a limit. */
import { useQuery } from "@tanstack/react-query";
import { api, got, type Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { useNames } from "../names";
import { Section } from "../parts/section";
import { Fetched } from "../parts/state";
import { type Column, Table } from "../parts/table";
import { limitsQuery } from "../queries";
import { useWords } from "../words";

const AGAIN_MS = 10_000;

export function LimitsSection() {
  const { t } = useWords();
  const query = useQuery({ ...limitsQuery, refetchInterval: AGAIN_MS });
  return (
    <Section title={t("limits")} lead={t("limitsLead")}>
      <Fetched query={query}>{() => query.data && <LimitsNow limits={query.data} />}</Fetched>
    </Section>
  );
}

function LimitsNow({ limits }: { limits: Wire["Limits"] }) {
  const { t } = useWords();
  const formats = useFormats();
  const { rates, at_once: atOnce, tokens } = limits;
  const rate = (one: Wire["LimitRate"]) =>
    one.per_second > 0
      ? t("perSecond", { rate: formats.number(one.per_second), burst: formats.number(one.burst) })
      : t("unlimited");
  const most = (count: number) => (count > 0 ? formats.number(count) : t("unlimited"));
  return (
    <div className="grid gap-4 xl:grid-cols-2">
      <dl className="divide-y divide-line rounded-2xl border border-line bg-surface px-5 py-1 text-sm">
        <Row name={t("requestsTenant")} value={rate(rates.tenant)} />
        <Row name={t("requestsUser")} value={rate(rates.user)} />
        <Row name={t("requestsKey")} value={rate(rates.key)} />
        <Row name={t("requestsAddress")} value={rate(rates.address)} />
        <Row name={t("answersTenant")} value={most(atOnce.tenant_answers)} />
        <Row name={t("answersUser")} value={most(atOnce.user_answers)} />
        <Row
          name={t("tokensEach")}
          value={
            tokens.max > 0
              ? t("tokensWindow", {
                  max: formats.number(tokens.max),
                  seconds: formats.number(tokens.seconds),
                })
              : t("unlimited")
          }
        />
        <Row
          name={t("countedIn")}
          value={
            limits.counted_in === "redis"
              ? limits.shared === false
                ? t("countedRedisAway")
                : t("countedRedis")
              : t("countedHere")
          }
        />
      </dl>
      <div className="flex flex-col gap-4">
        <UnderWay limits={limits} />
        <Circuits limits={limits} />
      </div>
    </div>
  );
}

function Row({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex items-baseline justify-between gap-6 py-2.5">
      <dt className="text-soft">{name}</dt>
      <dd className="text-end tabular-nums">{value}</dd>
    </div>
  );
}

/** The names of the tenants, by their ids. */
function useTenants(): (id: string) => string {
  const query = useQuery({
    queryKey: ["tenants", "names"],
    queryFn: async () =>
      (await got(api.GET("/api/v1/tenants", { params: { query: { limit: 200 } } }))).items,
    staleTime: 60_000,
  });
  return (id) => query.data?.find((one) => one.id === id)?.name ?? `…${id.slice(-8)}`;
}

function UnderWay({ limits }: { limits: Wire["Limits"] }) {
  const { t } = useWords();
  const formats = useFormats();
  const tenant = useTenants();
  const columns: Column<Wire["LimitUnderWay"]>[] = [
    { label: t("tenant"), names: true, cell: (one) => tenant(one.tenant) },
    {
      label: t("what"),
      cell: (one) => (one.what === "answers" ? t("answers") : t("requests")),
    },
    { label: t("underWay"), figures: true, cell: (one) => formats.number(one.count) },
  ];
  return (
    <div>
      <h3 className="mb-2 text-sm font-medium">{t("underWay")}</h3>
      {limits.under_way.length === 0 ? (
        <p className="text-sm text-soft">{t("nothingUnderWay")}</p>
      ) : (
        <Table
          label={t("underWay")}
          columns={columns}
          rows={limits.under_way}
          id={(one) => `${one.tenant}:${one.what}`}
        />
      )}
    </div>
  );
}

function Circuits({ limits }: { limits: Wire["Limits"] }) {
  const { t } = useWords();
  const formats = useFormats();
  const names = useNames();
  const tenant = useTenants();
  const columns: Column<Wire["LimitCircuit"]>[] = [
    { label: t("who"), names: true, cell: (one) => names(one.actor) },
    { label: t("tenant"), cell: (one) => tenant(one.tenant) },
    {
      label: t("state"),
      cell: (one) => (
        <Badge tone={one.state === "open" ? "bad" : "warn"}>
          {one.state === "open" ? t("circuitOpen") : t("circuitHalf")}
        </Badge>
      ),
    },
    { label: t("until"), whole: true, cell: (one) => formats.ago(one.open_until) },
  ];
  return (
    <div>
      <h3 className="mb-2 text-sm font-medium">{t("atLimit")}</h3>
      {limits.circuits.length === 0 ? (
        <p className="text-sm text-soft">{t("nobodyAtLimit")}</p>
      ) : (
        <Table
          label={t("atLimit")}
          columns={columns}
          rows={limits.circuits}
          id={(one) => `${one.tenant}:${one.actor}`}
        />
      )}
    </div>
  );
}
