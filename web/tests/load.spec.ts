/** What the first load costs, before a reader is opened, and what is kept for the next. */
import { figure, median } from "./figures";
import { expect, test } from "./program";

/** The most that the first load may take, in bytes as they cross the wire. */
const FIRST_LOAD_BYTES_MAX = 250 * 1024;
/** The first useful paint on the embedded server. */
const FIRST_PAINT_MS_MAX = 1_000;

/** How often a page is opened, each time as if for the first time; the median counts. */
const VISITS = 3;

for (const path of ["/library", "/ask", "/search"]) {
  test(`the first load of ${path} is small and quick`, async ({ browser, program }) => {
    const paints: number[] = [];
    let size = 0;
    for (let visit = 0; visit < VISITS; visit += 1) {
      const context = await browser.newContext();
      const page = await context.newPage();
      const session = await context.newCDPSession(page);
      await session.send("Network.enable");
      let bytes = 0;
      const parts: string[] = [];
      const names = new Map<string, string>();
      session.on("Network.responseReceived", ({ requestId, response }) =>
        names.set(requestId, response.url),
      );
      session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
        const name = names.get(requestId) ?? "";
        if (name.includes("/api/") || !name.startsWith(program.address)) return;
        bytes += encodedDataLength;
        parts.push(`${encodedDataLength} ${new URL(name).pathname}`);
      });
      await page.goto(`${program.address}${path}`, { waitUntil: "networkidle" });
      expect(bytes, parts.sort().join("\n")).toBeLessThanOrEqual(FIRST_LOAD_BYTES_MAX);
      size = Math.max(size, bytes);
      const paint = await page.evaluate(
        () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
      );
      paints.push(paint);
      await context.close();
    }
    figure(`first load of ${path}, as it crosses the wire`, size / 1024, "KiB", {
      most: FIRST_LOAD_BYTES_MAX / 1024,
    });
    figure(`first contentful paint of ${path}`, median(paints), "ms", {
      most: FIRST_PAINT_MS_MAX,
    });
  });
}

test("the application opens without a network once it has been opened", async ({
  page,
  program,
  context,
}) => {
  await page.goto(`${program.address}/library`, { waitUntil: "networkidle" });
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.reload({ waitUntil: "networkidle" });
  await program.end();
  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText("The server does not answer.").first()).toBeVisible({
    timeout: 20_000,
  });
  // It goes on by itself when the server is back.
  await context.setOffline(false);
  await program.begin();
  await expect(page.getByRole("heading", { level: 1, name: "Library" })).toBeVisible({
    timeout: 20_000,
  });
});
