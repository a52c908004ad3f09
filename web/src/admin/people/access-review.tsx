/** Everybody and every valid key, with what should be looked at. */
import { useQuery } from "@tanstack/react-query";
import { TriangleAlert } from "lucide-react";
import type { Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { sentence } from "../parts/sentence";
import { Fetched } from "../parts/state";
import { type Column, Table } from "../parts/table";
import { accessReviewQuery } from "../queries";
import { ROLES } from "../roles";
import { useWords } from "../words";

type Entry = Wire["AccessReviewEntry"];

export function AccessReview() {
  const { t } = useWords();
  const formats = useFormats();
  const query = useQuery(accessReviewQuery);
  const columns: Column<Entry>[] = [
    {
      label: t("name"),
      names: true,
      cell: (entry) => (
        <>
          <span className="block">{entry.name}</span>
          {entry.remarks.map((remark) => (
            <span
              key={remark}
              className="mt-0.5 flex items-start gap-1.5 text-xs font-normal text-warn"
            >
              <TriangleAlert aria-hidden className="mt-0.5 size-3.5 shrink-0" />
              {sentence(remark)}
            </span>
          ))}
        </>
      ),
    },
    {
      label: t("asWhat"),
      cell: (entry) => {
        const role = ROLES.find((one) => one === entry.role);
        return (
          <Badge tone={entry.actor.startsWith("key:") ? "plain" : "accent"}>
            {role ? t(`role.${role}`) : entry.role || t("key")}
          </Badge>
        );
      },
    },
    {
      label: t("mayDo"),
      cell: (entry) => (
        <span className="block text-xs text-soft md:min-w-56">
          {formats.list(entry.scopes.map((scope) => t(`scope.${scope}`)))}
        </span>
      ),
    },
    { label: t("since"), whole: true, cell: (entry) => formats.date(entry.since) },
    {
      label: t("used"),
      whole: true,
      cell: (entry) => (entry.used ? formats.ago(entry.used) : t("never")),
    },
    {
      label: t("ends"),
      whole: true,
      cell: (entry) => (entry.expires ? formats.date(entry.expires) : t("noEnd")),
    },
  ];
  return (
    <Fetched query={query}>
      {() => (
        <Table
          label={t("review")}
          columns={columns}
          rows={[...(query.data?.entries ?? [])].sort(
            (one, other) => other.remarks.length - one.remarks.length,
          )}
          id={(entry) => entry.actor}
        />
      )}
    </Fetched>
  );
}
