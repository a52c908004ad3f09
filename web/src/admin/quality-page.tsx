/** How good the answers are: experiments, measured cases, and what people said. */
import { getRouteApi } from "@tanstack/react-router";
import { Page } from "@/parts/page";
import { Segments } from "./parts/segments";
import { Cases } from "./quality/cases";
import { Evaluations } from "./quality/evaluations";
import { ExperimentView } from "./quality/experiment";
import { Experiments } from "./quality/experiments";
import { FeedbackList } from "./quality/feedback";
import { useWords } from "./words";

const route = getRouteApi("/inside/admin/quality");
const VIEWS = ["experiments", "cases", "evaluations", "feedback"] as const;

export function QualityPage() {
  const { t } = useWords();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const view = VIEWS.find((one) => one === search.view) ?? "experiments";
  if (view === "experiments" && search.experiment) return <ExperimentView id={search.experiment} />;
  return (
    <Page
      title={t("quality")}
      lead={t(`${view}Lead`)}
      wide
      actions={
        <Segments
          label={t("shown")}
          value={view}
          onChange={(next) => void navigate({ search: { view: next } })}
          choices={VIEWS.map((value) => ({ value, label: t(value) }))}
        />
      }
    >
      {view === "experiments" && <Experiments />}
      {view === "cases" && <Cases />}
      {view === "evaluations" && <Evaluations />}
      {view === "feedback" && <FeedbackList />}
    </Page>
  );
}
