import { describe, expect, it } from "vitest";
import type { Wire } from "@/api/client";
import { concerns, type Known } from "./attention";

const NOW = Date.parse("2026-11-22T12:00:00Z");

const health: Wire["HealthInFull"] = {
  status: "ok",
  version: "1",
  read_only: false,
  checks: {},
  latencies_ms: {},
  errors: [],
  timestamp: "2026-11-22T12:00:00Z",
};
const budget: Wire["Budget"] = {
  kind: "feature",
  subject: "answer",
  is_set: true,
  max_usd: 10,
  alert_usd: 5,
  spent_usd: 0,
  calls: 0,
  tokens: 0,
};

function kinds(known: Known): string[] {
  return concerns(known, NOW).map((one) => one.kind);
}

describe("what needs attention", () => {
  it("is nothing when all is well, or nothing is known", () => {
    expect(kinds({})).toEqual([]);
    expect(kinds({ health, budgets: [budget] })).toEqual([]);
  });

  it("tells a budget at its alert, and one that is used up instead of its alert", () => {
    expect(kinds({ budgets: [{ ...budget, spent_usd: 5 }] })).toEqual(["budgetAlert"]);
    expect(kinds({ budgets: [{ ...budget, spent_usd: 10 }] })).toEqual(["budgetReached"]);
    expect(kinds({ budgets: [{ ...budget, max_usd: null, spent_usd: 10 }] })).toEqual([
      "budgetAlert",
    ]);
  });

  it("takes a budget of nothing as used up from the start", () => {
    expect(kinds({ budgets: [{ ...budget, max_usd: 0, alert_usd: null }] })).toEqual([
      "budgetReached",
    ]);
  });

  it("tells of a certificate that ends only when it should have been renewed", () => {
    const certificate = { state: "ok", renewal_failing: false, expires: "2026-11-25T12:00:00Z" };
    expect(kinds({ health: { ...health, certificate } })).toEqual(["certificateEnds"]);
    const later = { ...certificate, expires: "2026-12-25T12:00:00Z" };
    expect(kinds({ health: { ...health, certificate: later } })).toEqual([]);
    const expired = { ...certificate, state: "expired" };
    expect(kinds({ health: { ...health, certificate: expired } })).toEqual(["certificateExpired"]);
  });

  it("counts grave events of the last day alone", () => {
    const event = (severity: Wire["SecurityEventSeverity"], moment: string) => ({
      id: `${severity}${moment}`,
      moment,
      severity,
      kind: "brute_force" as const,
      subject: "127.0.0.1",
      count: 1,
      details: {},
    });
    const events = [
      event("low", "2026-11-22T11:00:00Z"),
      event("medium", "2026-11-22T11:00:00Z"),
      event("high", "2026-11-20T11:00:00Z"),
    ];
    expect(concerns({ events }, NOW)).toMatchObject([
      { kind: "securityEvents", tone: "warn", with: { count: 1 } },
    ]);
  });

  it("puts what is bad before what is a warning", () => {
    const found = concerns(
      { budgets: [{ ...budget, spent_usd: 5 }], health: { ...health, read_only: true } },
      NOW,
    );
    expect(found.map((one) => one.tone)).toEqual(["bad", "warn"]);
  });
});
