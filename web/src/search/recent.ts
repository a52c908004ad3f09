/** What was searched for lately in this browser: searches of which a result was opened. */
const PLACE = "alexandria.searches";
const KEPT_MAX = 8;
const LENGTH_MAX = 200;

export function recent(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(kept)
      ? kept.filter((one) => typeof one === "string").slice(0, KEPT_MAX)
      : [];
  } catch {
    return [];
  }
}

export function remember(query: string): void {
  const wanted = query.trim().slice(0, LENGTH_MAX);
  if (wanted === "") return;
  const others = recent().filter((one) => one.toLowerCase() !== wanted.toLowerCase());
  localStorage.setItem(PLACE, JSON.stringify([wanted, ...others].slice(0, KEPT_MAX)));
}

export function forget(): void {
  localStorage.removeItem(PLACE);
}
