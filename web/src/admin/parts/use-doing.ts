/** Something that is done at the server: says that it was done, or why not, and looks again. */
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { notify } from "@/app/notices";
import { useSentence } from "@/parts/trouble";

/** `doing.mutate(what)` does it; `quiet` leaves a failure to whoever shows `doing.error`. */
export function useDoing<What, Result = unknown>(
  run: (what: What) => Promise<Result>,
  options: {
    /** What changes with it. */
    changes: readonly QueryKey[];
    said?: string | ((result: Result, what: What) => string);
    quiet?: boolean;
    onDone?: (result: Result, what: What) => void;
  },
) {
  const queries = useQueryClient();
  const say = useSentence();
  return useMutation({
    mutationFn: run,
    onSuccess: (result, what) => {
      const { said } = options;
      if (said) notify(typeof said === "string" ? said : said(result, what), { tone: "good" });
      options.onDone?.(result, what);
      for (const queryKey of options.changes) void queries.invalidateQueries({ queryKey });
    },
    onError: (error) => {
      if (!options.quiet) notify(say(error), { tone: "bad" });
    },
  });
}
