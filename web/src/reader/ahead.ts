/** Fetches what a reader will need, while its page is still being put together or only pointed at. */
import type { QueryClient } from "@tanstack/react-query";
import { placeIn } from "./memory";
import { documentQuery, earlyQuery, isPaged, isPdf, linesQuery, pagesQuery } from "./wire";

/** The document, and of one with pages their sizes, the words of the first to be seen, and what draws them. */
export async function fetchAhead(queries: QueryClient, id: string, page?: number): Promise<void> {
  try {
    const document = await queries.ensureQueryData(documentQuery(id));
    const version = document.version_id;
    const first = page ?? placeIn(id)?.page ?? 1;
    if (isPdf(document)) {
      void import("./pdf-worker").then(({ isRunning, pdfWorker }) => {
        // Until it runs the server is quicker; nothing is drawn by both later on.
        if (version && !isRunning()) void queries.prefetchQuery(earlyQuery(id, first));
        pdfWorker();
      });
      void import("./pdf");
    }
    if (!version || !isPaged(document)) return;
    void queries.prefetchQuery(pagesQuery(id, version));
    void queries.prefetchQuery(linesQuery(id, version, first));
  } catch {
    // Whoever opens it is told.
  }
}
