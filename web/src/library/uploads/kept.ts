/** Which documents this tab has put in and not taken off its list, so that a reload does not lose sight of them. */
import * as session from "@/api/session";

const KEPT_MAX = 200;

let last = sessionStorage.getItem(place()) ?? "[]";

/** The ids that are kept. */
export function kept(): ReadonlySet<string> {
  try {
    return new Set(JSON.parse(last));
  } catch {
    return new Set();
  }
}

export function keep(ids: readonly string[]): void {
  const next = JSON.stringify(ids.slice(-KEPT_MAX));
  if (next === last) return;
  last = next;
  try {
    sessionStorage.setItem(place(), next);
  } catch {
    // A full storage keeps nobody from putting something in.
  }
}

function place(): string {
  const standing = session.current();
  return `alexandria.uploads.${standing.kind === "somebody" ? standing.session.user.id : "owner"}`;
}
