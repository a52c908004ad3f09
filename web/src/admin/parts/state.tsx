/** What a page shows while something is fetched, and when it could not be. */
import type { ReactNode } from "react";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";

interface Asked {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch(): unknown;
  data?: unknown;
}

/** The content once it is there; what was fetched before stays when it cannot be fetched again. */
export function Fetched({ query, children }: { query: Asked; children: () => ReactNode }) {
  if (query.data !== undefined) {
    return (
      <>
        {query.isError && (
          <div className="mb-4">
            <Trouble error={query.error} onRetry={() => void query.refetch()} />
          </div>
        )}
        {children()}
      </>
    );
  }
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  return <Loading />;
}
