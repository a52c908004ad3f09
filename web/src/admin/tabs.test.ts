import { describe, expect, it } from "vitest";
import { keyState } from "./keys/list";
import { endOf } from "./keys/make";
import { changesOf, experimentOf } from "./quality/draft";
import { ROLE_SCOPES, rolesToGive } from "./roles";
import { grouped, type Setting } from "./settings/group";
import { mayAdminister, mayOpen, tabsFor } from "./tabs";

const names = (scopes: Parameters<typeof tabsFor>[0], accounts = true) =>
  tabsFor(scopes, accounts).map((tab) => tab.name);

describe("the parts of the administration", () => {
  it("are those that a role may see", () => {
    expect(names(ROLE_SCOPES.billing)).toEqual(["overview", "usage"]);
    expect(names(ROLE_SCOPES.auditor)).toEqual(["overview", "usage", "audit"]);
    expect(names(ROLE_SCOPES.admin)).not.toContain("settings");
  });

  it("open for those alone who are let in, and who may see the part", () => {
    expect(mayAdminister(ROLE_SCOPES.editor)).toBe(false);
    expect(mayOpen("/admin/jobs", ROLE_SCOPES.editor)).toBe(false);
    expect(mayOpen("/admin", ROLE_SCOPES.auditor)).toBe(true);
    expect(mayOpen("/admin/audit", ROLE_SCOPES.auditor)).toBe(true);
    expect(mayOpen("/admin/people", ROLE_SCOPES.auditor)).toBe(false);
  });

  it("are without people and keys while nobody signs in", () => {
    expect(names([...ROLE_SCOPES.owner, "operate"], false)).toEqual([
      "overview",
      "usage",
      "jobs",
      "audit",
      "quality",
      "settings",
    ]);
  });
});

it("nobody gives a role that may do more than they may", () => {
  expect(rolesToGive(ROLE_SCOPES.admin)).not.toContain("owner");
  expect(rolesToGive(ROLE_SCOPES.owner)).toContain("owner");
  expect(rolesToGive(ROLE_SCOPES.reader)).toEqual(["reader"]);
});

describe("how a key stands", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  const key = {
    id: "1",
    name: "k",
    tail: "abcd",
    clearance: "internal" as const,
    scopes: [],
    made_by: "owner",
    created: "2026-01-01T00:00:00Z",
  };
  it.each([
    [{}, "valid"],
    [{ expires: "2026-11-25T00:00:00Z" }, "ending"],
    [{ expires: "2026-11-21T00:00:00Z" }, "ended"],
    [{ expires: "2026-11-23T00:00:00Z", successor: "2" }, "replaced"],
    [{ revoked: "2026-11-21T00:00:00Z", expires: "2027-01-01T00:00:00Z" }, "revoked"],
  ])("%j: %s", (more, state) => {
    expect(keyState({ ...key, ...more }, now)).toBe(state);
  });

  it("ends so many days on, on a day, or never", () => {
    expect(endOf("30", "", now)).toBe("2026-12-22T12:00:00.000Z");
    expect(endOf("date", "", now)).toBeUndefined();
    expect(endOf("never", "2026-12-01", now)).toBeUndefined();
    expect(new Date(endOf("date", "2026-12-01", now) ?? "").getHours()).toBe(23);
  });
});

describe("an experiment as it is sent", () => {
  it("has a control first, and points as shares", () => {
    const made = experimentOf({
      name: " more ",
      hypothesis: "",
      metric: "answered_rate",
      unit: "actor",
      share: "25",
      variants: [{ id: 1, name: "twenty", weight: "2", changes: { passages: "20" } }],
      guardrails: [
        { id: 2, metric: "error_rate", worse: "2" },
        { id: 3, metric: "latency_p95", worse: "200" },
      ],
    });
    expect(made.variants).toEqual([
      { name: "control" },
      { name: "twenty", weight: 2, changes: { passages: 20 } },
    ]);
    expect(made.guardrails).toEqual([
      { metric: "error_rate", worse_by: 0.02 },
      { metric: "latency_p95", worse_by: 200 },
    ]);
    expect(made).toMatchObject({ name: "more", share: 25 });
  });

  it("leaves out what is as set", () => {
    expect(changesOf({ passages: " ", search_mode: "", answer_threshold: "0,4" })).toEqual({
      answer_threshold: 0.4,
    });
  });
});

describe("settings", () => {
  const setting = (key: string, source: Setting["source"], about: string) => ({
    key,
    source,
    about,
    environment: [],
    set: true,
    value: "x",
    secret: false,
    from: source,
  });
  const all = [
    setting("server.port", "environment", "Where it listens."),
    setting("server.host", "default", "The address."),
    setting("log.level", "file", "How much is told."),
  ];
  it("are found by all words, in groups of their keys", () => {
    expect(grouped(all, "", false).map(([name]) => name)).toEqual(["server", "log"]);
    expect(grouped(all, "SERVER listens", false)).toEqual([["server", [all[0]]]]);
    expect(grouped(all, "nowhere", false)).toEqual([]);
  });
  it("may be those that somebody has set alone", () => {
    expect(grouped(all, "", true).flatMap(([, found]) => found.map((one) => one.key))).toEqual([
      "server.port",
      "log.level",
    ]);
  });
});
