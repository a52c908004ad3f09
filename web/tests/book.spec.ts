/** A long book is open at any of its pages at once. */
import { book, wordsOf } from "./book";
import { expect, test } from "./program";

const PAGES = 1_000;
const WANTED = 700;
/** From the call of the address to the page that is drawn, as if the application had never been opened. */
const OPEN_MS_MAX = 1_500;
const VISITS = 5;

test("a book of a thousand pages opens at page 700", async ({ browser, page, program }) => {
  test.setTimeout(300_000);
  const began = Date.now();
  const file = await book(page, PAGES);
  console.info("made", Date.now() - began, file.length);
  const id = await program.add("ledger.pdf", file, "Library", undefined, 200_000);
  console.info("read", Date.now() - began);
  const times: number[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const context = await browser.newContext();
    const reader = await context.newPage();
    const start = Date.now();
    await reader.goto(`${program.address}/read/${id}?page=${WANTED}`, { waitUntil: "commit" });
    const sheet = reader.locator(`[data-page="${WANTED}"]`);
    await sheet.locator("canvas").waitFor({ timeout: 30_000 });
    times.push(Date.now() - start);
    const entries = await reader.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .map(
          (e) =>
            `${Math.round(e.startTime)} ${Math.round((e as PerformanceResourceTiming).responseEnd)} ${(e as PerformanceResourceTiming).encodedBodySize} ${new URL(e.name).pathname}`,
        )
        .join("\n"),
    );
    console.info(Date.now() - start, entries);
    await expect(sheet).toContainText(wordsOf(WANTED));
    await context.close();
  }
  console.info(times);
  expect(times.sort((a, b) => a - b)[2]).toBeLessThan(OPEN_MS_MAX);
});
