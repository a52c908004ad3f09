/** What the first load costs, before a reader is opened, and what is kept for the next. */
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
      const paint = await page.evaluate(
        () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
      );
      paints.push(paint);
      // biome-ignore lint/suspicious/noConsole: the figures are for the one who reads the output
      console.info(
        `${path}: ${bytes} bytes in ${parts.length} files, first paint ${paint.toFixed(0)} ms`,
      );
      await context.close();
    }
    expect(paints.sort((a, b) => a - b)[1]).toBeLessThan(FIRST_PAINT_MS_MAX);
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
