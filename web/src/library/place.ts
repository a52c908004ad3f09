/** The address of the library page, read and changed. */
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";
import type { Place } from "./filter";

export type PlaceChange = { readonly [K in keyof Place]?: string | undefined };

/** What the address says, and a way to change it; what is changed to nothing is left out. */
export function usePlace(): [
  Place,
  (change: PlaceChange, options?: { replace?: boolean }) => void,
] {
  const place: Place = useSearch({ from: "/inside/library" });
  const navigate = useNavigate({ from: "/library" });
  const go = useCallback(
    (change: PlaceChange, { replace = false }: { replace?: boolean } = {}) => {
      void navigate({
        search: (old) => tidy({ ...old, ...change }),
        replace,
        resetScroll: !("document" in change),
      });
    },
    [navigate],
  );
  return [place, go];
}

function tidy(said: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(said).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
}
