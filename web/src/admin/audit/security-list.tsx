/** What looked like an attack. */
import type { Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { useNames } from "../names";
import { type Column, Table } from "../parts/table";
import { useWords } from "../words";

type Event = Wire["SecurityEvent"];

const TONES = { low: "plain", medium: "warn", high: "bad" } as const;

export function SecurityList({ events }: { events: readonly Event[] }) {
  const { t } = useWords();
  const formats = useFormats();
  const names = useNames();
  if (events.length === 0) return <p className="text-sm text-soft">{t("noEvents")}</p>;
  const columns: Column<Event>[] = [
    { label: t("event"), names: true, cell: (event) => t(`event.${event.kind}`) },
    {
      label: t("severity"),
      cell: (event) => (
        <Badge tone={TONES[event.severity]}>{t(`severity.${event.severity}`)}</Badge>
      ),
    },
    { label: t("who"), cell: (event) => <span className="break-all">{names(event.subject)}</span> },
    { label: t("address"), cell: (event) => event.address ?? "—" },
    { label: t("times"), figures: true, cell: (event) => formats.number(event.count) },
    {
      label: t("when"),
      cell: (event) => (
        <time dateTime={event.moment} className="whitespace-nowrap">
          {formats.moment(event.moment)}
        </time>
      ),
    },
  ];
  return (
    <Table label={t("securityEvents")} columns={columns} rows={events} id={(event) => event.id} />
  );
}
