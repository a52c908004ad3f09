/** Where somebody goes after signing in: back to the page they wanted, if it is one of ours. */

const PLACE = "alexandria.sign-in.to";
const HOME = "/library";

/** The path to go to; anything that would lead elsewhere leads home. */
export function safePath(to: string | undefined, origin = location.origin): string {
  if (!to?.startsWith("/") || /[\\\s]/.test(to) || to.startsWith("//")) return HOME;
  let url: URL;
  try {
    url = new URL(to, origin);
  } catch {
    return HOME;
  }
  if (url.origin !== origin || url.pathname === "/sign-in") return HOME;
  return url.pathname + url.search + url.hash;
}

/** Keeps it while the browser is away at a provider of identities. */
export function keep(to: string | undefined): void {
  sessionStorage.setItem(PLACE, safePath(to));
}

/** What was kept. */
export function kept(): string | undefined {
  const to = sessionStorage.getItem(PLACE) ?? undefined;
  sessionStorage.removeItem(PLACE);
  return to;
}
