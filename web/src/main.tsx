/** Where the application begins. */
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode, Suspense } from "react";
import { createRoot } from "react-dom/client";
import { isPassing } from "./api/problem";
import * as session from "./api/session";
import { beginFetching, makeRouter } from "./app/router";
import { follow } from "./app/theme";
import { prepare } from "./words/words";
import "./app/styles.css";

const RETRIES_MAX = 3;
const KEEP_AFTER_MS = 3_000;

follow();
const words = prepare();

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      networkMode: "always",
      retry: (failures, error) => isPassing(error) && failures < RETRIES_MAX,
    },
    mutations: { networkMode: "always" },
  },
});

// Another person in this browser sees nothing of who was here before.
let user = userOf(session.current());
session.subscribe(() => {
  const now = userOf(session.current());
  if (now === user) return;
  user = now;
  queries.clear();
});

const router = makeRouter(queries);
beginFetching(router);
await words;
const place = document.getElementById("app");
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Suspense fallback={null}>
          <RouterProvider router={router} />
        </Suspense>
      </QueryClientProvider>
    </StrictMode>,
  );
}

if (import.meta.env.PROD && "serviceWorker" in navigator) {
  // After the first page is there, so that keeping it does not delay it.
  setTimeout(keepFiles, KEEP_AFTER_MS);
}

function keepFiles(): void {
  void navigator.serviceWorker.register("/worker.js").catch(() => undefined);
}

function userOf(standing: session.Standing): string | undefined {
  if (standing.kind === "somebody") return standing.session.user.id;
  return standing.kind === "expired" ? standing.user.id : undefined;
}
