/** The parts of the administration, and what somebody has to be allowed for each. */
import type { Scope } from "@/app/identity";

/** A part of the administration. */
export interface Tab {
  readonly name:
    | "overview"
    | "people"
    | "keys"
    | "usage"
    | "jobs"
    | "audit"
    | "quality"
    | "settings";
  readonly to:
    | "/admin"
    | "/admin/people"
    | "/admin/keys"
    | "/admin/usage"
    | "/admin/jobs"
    | "/admin/audit"
    | "/admin/quality"
    | "/admin/settings";
  /** Any of these opens it; none means everybody who is let into the administration. */
  readonly scopes: readonly Scope[];
  /** Whether it needs accounts: a library of one person has neither people nor keys. */
  readonly accounts?: true;
}

/** All of them, in order. */
export const TABS: readonly Tab[] = [
  { name: "overview", to: "/admin", scopes: [] },
  { name: "people", to: "/admin/people", scopes: ["people"], accounts: true },
  { name: "keys", to: "/admin/keys", scopes: ["people"], accounts: true },
  { name: "usage", to: "/admin/usage", scopes: ["usage", "budget"] },
  { name: "jobs", to: "/admin/jobs", scopes: ["ingest"] },
  { name: "audit", to: "/admin/audit", scopes: ["audit"] },
  { name: "quality", to: "/admin/quality", scopes: ["admin"] },
  { name: "settings", to: "/admin/settings", scopes: ["operate"] },
];

/** The parts that somebody with these scopes sees; `accounts` says whether there are any accounts. */
export function tabsFor(scopes: readonly Scope[], accounts: boolean): readonly Tab[] {
  return TABS.filter(
    (tab) =>
      (accounts || !tab.accounts) &&
      (tab.scopes.length === 0 || tab.scopes.some((scope) => scopes.includes(scope))),
  );
}

/** What lets somebody into the administration: any of these. */
const DOOR: readonly Scope[] = ["admin", "people", "usage", "budget", "audit", "tenant", "operate"];

/** Whether somebody with these scopes is let into the administration at all. */
export function mayAdminister(scopes: readonly Scope[]): boolean {
  return DOOR.some((scope) => scopes.includes(scope));
}

/** Whether somebody with these scopes may open the part at this address. */
export function mayOpen(path: string, scopes: readonly Scope[]): boolean {
  const tab = TABS.find(({ to }) => to === path);
  const needed = tab?.scopes ?? [];
  return (
    mayAdminister(scopes) && (needed.length === 0 || needed.some((scope) => scopes.includes(scope)))
  );
}
