/** Background work: what runs, waits, failed and is done, as it goes on. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { ListChecks } from "lucide-react";
import { api, got, type Wire } from "@/api/client";
import { useMay } from "@/app/identity";
import { useFormats } from "@/parts/format";
import { Empty, Page } from "@/parts/page";
import { JobRow } from "./jobs/row";
import { More, usePaged } from "./parts/paged";
import { Segments } from "./parts/segments";
import { Fetched } from "./parts/state";
import { statusQuery } from "./queries";
import { useWords } from "./words";

type State = Wire["JobState"];

const route = getRouteApi("/inside/admin/jobs");
const STATES: readonly State[] = ["running", "waiting", "failed", "done", "cancelled"];
/** How often is looked while something is under way, and else. */
const LIVE_MS = 2_000;
const QUIET_MS = 15_000;

export function JobsPage() {
  const { t } = useWords();
  const formats = useFormats();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const state = STATES.find((one) => one === search.state);
  const status = useQuery({
    ...statusQuery,
    enabled: useMay("ask"),
    refetchInterval: (query) => pace(query.state.data?.jobs),
  });
  const counts = status.data?.jobs;
  const query = usePaged(
    ["jobs", state ?? "all"],
    (cursor) =>
      got(
        api.GET("/api/v1/jobs", {
          params: {
            query: {
              limit: 50,
              ...(state && { state }),
              ...(cursor !== undefined && { cursor }),
            },
          },
        }),
      ),
    { everyMs: pace(counts) },
  );
  const label = (one: State) => {
    const count = one === "done" || one === "cancelled" ? undefined : counts?.[one];
    return count ? `${t(`job.${one}`)} (${formats.number(count)})` : t(`job.${one}`);
  };
  return (
    <Page title={t("jobs")} lead={t("jobsLead")} wide>
      {status.data && !status.data.working && (
        <p className="mb-4 rounded-xl bg-warn-tint px-4 py-3 text-sm text-warn">
          {t("jobsNotWorking")}
        </p>
      )}
      <div className="mb-4">
        <Segments
          label={t("state")}
          value={state ?? "all"}
          onChange={(next) => void navigate({ search: next === "all" ? {} : { state: next } })}
          choices={[
            { value: "all" as State | "all", label: t("jobsAll") },
            ...STATES.map((value) => ({ value, label: label(value) })),
          ]}
        />
      </div>
      <Fetched query={query}>
        {() =>
          query.items.length === 0 ? (
            <Empty
              icon={<ListChecks aria-hidden className="size-8" />}
              title={state === "failed" ? t("jobsNoneFailed") : t("jobsNone")}
            >
              {state !== "failed" && t("jobsNoneText")}
            </Empty>
          ) : (
            <ul
              aria-label={t("jobs")}
              className="divide-y divide-line rounded-2xl border border-line bg-surface"
            >
              {query.items.map((job) => (
                <JobRow key={job.id} job={job} />
              ))}
            </ul>
          )
        }
      </Fetched>
      <More query={query} />
    </Page>
  );
}

function pace(counts: Wire["JobCounts"] | undefined): number {
  return counts && counts.running + counts.waiting > 0 ? LIVE_MS : QUIET_MS;
}
