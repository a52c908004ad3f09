/** What budgets are for, in words. */
import { useNames } from "../names";
import { useWords } from "../words";

/** The sorts of budgets. */
export const BUDGET_KINDS = ["tenant", "user", "key", "feature", "component"] as const;

/** What models are used for, and the parts of an installation, by the names of the ledger. */
export const FEATURES = ["answer", "rewrite", "embed", "search-embedding", "embed-texts"] as const;
export const COMPONENTS = ["generator", "embedder", "web", "api", "database"] as const;

/** The name of a feature of the ledger; one that a later server counts is told as it is. */
export function useFeatureName(): (feature: string) => string {
  const { t } = useWords();
  return (feature) => {
    if (feature === "bill") return t("feature.bill");
    const known = FEATURES.find((name) => name === feature);
    return known ? t(`feature.${known}`) : feature;
  };
}

/** The name of a component. */
export function useComponentName(): (component: string) => string {
  const { t } = useWords();
  return (component) => {
    const known = COMPONENTS.find((name) => name === component);
    return known ? t(`component.${known}`) : component;
  };
}

/** The name of what a budget is for. */
export function useBudgetName(): (kind: string, subject: string) => string {
  const { t } = useWords();
  const names = useNames();
  const feature = useFeatureName();
  const component = useComponentName();
  return (kind, subject) => {
    switch (kind) {
      case "tenant":
        return t("budgetTenant");
      case "feature":
        return feature(subject);
      case "component":
        return component(subject);
      default:
        return names(`${kind}:${subject}`);
    }
  };
}
