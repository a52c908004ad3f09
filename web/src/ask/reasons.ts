/** What the server finds amiss, in words for a reader. */
import type { TFunction } from "i18next";
import type { Wire } from "@/api/client";
import { Problem, Unreachable } from "@/api/problem";

type Ask = TFunction<["ask", "common"]>;

/** Why a sentence is not supported: "no quote holds “1743”". */
export function findingsOf(verdict: Wire["Verdict"], t: Ask): string[] {
  if (verdict.findings.length === 0) return [t("finding.quote")];
  const said = verdict.findings.map((finding) => {
    const words = finding.words.trim();
    switch (finding.kind) {
      case "number":
      case "unit":
      case "name":
      case "address":
      case "negation":
      case "opposite":
        return words === ""
          ? t(`finding.${finding.kind}`)
          : t(`finding.${finding.kind}.words`, { words });
      default:
        return t(`finding.${finding.kind}`);
    }
  });
  return [...new Set(said)];
}

/** The sorts of things that an answer may have had to do without. */
export type Lack = "budget" | "model" | "meaning" | "words" | "kept" | "region" | "other";

/** Which sort a sentence of the server tells of. */
export function lackOf(sentence: string): Lack {
  if (/budget|models have used .* tokens|plan of the tenant/i.test(sentence)) return "budget";
  if (/\bregion\b/i.test(sentence)) return "region";
  if (/language model|the model /i.test(sentence)) return "model";
  if (/by meaning|by words alone/i.test(sentence)) return "meaning";
  if (/text index/i.test(sentence)) return "words";
  if (/could not be kept|not kept/i.test(sentence)) return "kept";
  return "other";
}

/** The lacks of an answer, each sort once, with the server's own sentences. */
export function lacksOf(degraded: readonly string[]): [Lack, string[]][] {
  return [...Map.groupBy(degraded, lackOf)];
}

/** When the month of a budget ends. Months are those of UTC. */
export function monthEnds(now = new Date()): Date {
  return new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1));
}

/** What kept a question from being answered, as far as different things are to be done about it. */
export type Hindrance =
  | "away"
  | "budget"
  | "limit"
  | "gone"
  | "forbidden"
  | "invalid"
  | "busy"
  | "other";

/** The name that the server gives to a problem with money or a plan. */
const BUDGET_REACHED = "urn:alexandria:problem:budget-reached";

export function hindranceOf(error: unknown): Hindrance {
  if (error instanceof Unreachable) return "away";
  if (!(error instanceof Problem)) return "other";
  switch (error.status) {
    case 429:
      return error.kind === BUDGET_REACHED ? "budget" : "limit";
    case 404:
      return "gone";
    case 401:
    case 403:
      return "forbidden";
    case 409:
    case 413:
    case 422:
      return "invalid";
    case 503:
    case 504:
      return "busy";
    default:
      return "other";
  }
}
