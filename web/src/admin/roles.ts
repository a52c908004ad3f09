/** What the roles of a tenant may do, so that nothing is offered that the server would refuse. */
import type { Wire } from "@/api/client";
import type { Scope } from "@/app/identity";

export type Role = Wire["Role"];

const TENANT: readonly Scope[] = ["ingest", "ask", "admin", "people", "usage", "budget", "audit"];

/** What each role may do. Nobody gives, changes or takes away what they do not have themselves. */
export const ROLE_SCOPES: Record<Role, readonly Scope[]> = {
  owner: [...TENANT, "tenant"],
  admin: TENANT,
  editor: ["ingest", "ask"],
  reader: ["ask"],
  billing: ["usage", "budget"],
  auditor: ["audit", "usage"],
};

export const ROLES = Object.keys(ROLE_SCOPES) as Role[];

/** All scopes, in the order in which they are shown. */
export const SCOPES: readonly Scope[] = [...TENANT, "tenant", "operate", "metrics"];

/** The roles that somebody with these scopes may give. */
export function rolesToGive(mine: readonly Scope[]): Role[] {
  return ROLES.filter((role) => ROLE_SCOPES[role].every((scope) => mine.includes(scope)));
}
