/** Light or dark: as the system says unless somebody has chosen. */
import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";

const PLACE = "alexandria.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

/** What was chosen. */
export function theme(): Theme {
  const chosen = localStorage.getItem(PLACE);
  return chosen === "light" || chosen === "dark" ? chosen : "system";
}

/** What is shown. */
export function shade(): "light" | "dark" {
  const chosen = theme();
  return chosen === "system" ? (dark.matches ? "dark" : "light") : chosen;
}

/** Chooses. */
export function choose(next: Theme): void {
  if (next === "system") localStorage.removeItem(PLACE);
  else localStorage.setItem(PLACE, next);
  show();
}

/** Shows what is chosen, now and whenever the system changes. */
export function follow(): void {
  show();
  dark.addEventListener("change", show);
  addEventListener("storage", (event) => {
    if (event.key === PLACE) show();
  });
}

/** What was chosen and what is shown, in a component. */
export function useTheme(): { chosen: Theme; shown: "light" | "dark" } {
  const chosen = useSyncExternalStore(watch, theme);
  const shown = useSyncExternalStore(watch, shade);
  return { chosen, shown };
}

function show(): void {
  document.documentElement.dataset.theme = shade();
  for (const listener of listeners) listener();
}

function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
