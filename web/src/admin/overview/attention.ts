/** What somebody should look at, from what is known of the installation. */
import type { Wire } from "@/api/client";

/** Something that wants attention. */
export interface Concern {
  readonly kind:
    | "part"
    | "readOnly"
    | "certificateExpired"
    | "certificateEnds"
    | "certificateRenewal"
    | "documentsFailed"
    | "jobsFailed"
    | "notWorking"
    | "budgetReached"
    | "budgetAlert"
    | "circuits"
    | "securityEvents"
    | "access";
  readonly tone: "bad" | "warn";
  /** The figures and names that its sentence needs. */
  readonly with: Record<string, string | number>;
  /** Where something can be done about it. */
  readonly to?: "/library" | "/admin/jobs" | "/admin/usage" | "/admin/audit" | "/admin/people";
}

/** What is known; what somebody may not see is left out. */
export interface Known {
  readonly health?: Wire["HealthInFull"] | undefined;
  readonly status?: Wire["Status"] | undefined;
  readonly budgets?: readonly Wire["Budget"][] | undefined;
  readonly limits?: Wire["Limits"] | undefined;
  readonly events?: readonly Wire["SecurityEvent"][] | undefined;
  readonly review?: Wire["AccessReview"] | undefined;
}

const DAY_MS = 86_400_000;
/** A certificate that has so little left should have been renewed. */
const CERTIFICATE_DAYS = 7;

/** The concerns, the gravest first. */
export function concerns(known: Known, now: number): Concern[] {
  const found = [
    ...ofHealth(known.health, now),
    ...ofStatus(known.status),
    ...(known.budgets ?? []).flatMap(ofBudget),
    ...ofPeople(known, now),
  ];
  return [
    ...found.filter((one) => one.tone === "bad"),
    ...found.filter((one) => one.tone === "warn"),
  ];
}

function ofHealth(health: Wire["HealthInFull"] | undefined, now: number): Concern[] {
  if (!health) return [];
  const found: Concern[] = health.errors.map((text) => ({
    kind: "part",
    tone: "bad",
    with: { text },
  }));
  if (health.read_only) found.push({ kind: "readOnly", tone: "bad", with: {} });
  const certificate = health.certificate;
  if (certificate?.state === "expired") {
    found.push({ kind: "certificateExpired", tone: "bad", with: {} });
  } else if (certificate?.renewal_failing) {
    found.push({ kind: "certificateRenewal", tone: "warn", with: {} });
  } else if (certificate?.expires) {
    const days = Math.floor((Date.parse(certificate.expires) - now) / DAY_MS);
    if (days < CERTIFICATE_DAYS) {
      found.push({ kind: "certificateEnds", tone: "warn", with: { count: days } });
    }
  }
  return found;
}

function ofStatus(status: Wire["Status"] | undefined): Concern[] {
  if (!status) return [];
  const found: Concern[] = [];
  const { documents, jobs } = status;
  if (!status.working && jobs.waiting > 0) {
    found.push({ kind: "notWorking", tone: "warn", with: { count: jobs.waiting } });
  }
  if (jobs.failed > 0) {
    found.push({
      kind: "jobsFailed",
      tone: "bad",
      with: { count: jobs.failed },
      to: "/admin/jobs",
    });
  }
  if (documents.failed > 0) {
    found.push({
      kind: "documentsFailed",
      tone: "bad",
      with: { count: documents.failed },
      to: "/library",
    });
  }
  return found;
}

function ofBudget(budget: Wire["Budget"]): Concern[] {
  const about = { kind: budget.kind, subject: budget.subject };
  if (typeof budget.max_usd === "number" && budget.spent_usd >= budget.max_usd) {
    return [{ kind: "budgetReached", tone: "bad", with: about, to: "/admin/usage" }];
  }
  if (typeof budget.alert_usd === "number" && budget.spent_usd >= budget.alert_usd) {
    return [{ kind: "budgetAlert", tone: "warn", with: about, to: "/admin/usage" }];
  }
  return [];
}

function ofPeople({ limits, events, review }: Known, now: number): Concern[] {
  const found: Concern[] = [];
  if (limits && limits.circuits_total > 0) {
    found.push({
      kind: "circuits",
      tone: "warn",
      with: { count: limits.circuits_total },
      to: "/admin/usage",
    });
  }
  const grave = (events ?? []).filter(
    (event) => event.severity !== "low" && now - Date.parse(event.moment) < DAY_MS,
  );
  if (grave.length > 0) {
    const tone = grave.some((event) => event.severity === "high") ? "bad" : "warn";
    found.push({ kind: "securityEvents", tone, with: { count: grave.length }, to: "/admin/audit" });
  }
  const remarked = (review?.entries ?? []).filter((entry) => entry.remarks.length > 0);
  if (remarked.length > 0) {
    found.push({
      kind: "access",
      tone: "warn",
      with: { count: remarked.length },
      to: "/admin/people",
    });
  }
  return found;
}
