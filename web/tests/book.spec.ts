/** A long book is open at any of its pages at once. */
import { book, wordsOf } from "./book";
import { figure, median } from "./figures";
import { expect, Program, test } from "./program";

const PAGES = 1_000;
const WANTED = 700;
/** From the call of the address until the page is drawn, by a browser that has nothing of ours yet. */
const OPEN_MS_MAX = 1_500;
const VISITS = 5;
const READING_MS_MAX = 120_000;

test("a book of a thousand pages opens at page 700", async ({ browser, page }) => {
  test.setTimeout(240_000);
  const program = await Program.start({ ALEXANDRIA_EMBEDDER: "off" });
  const file = await book(page, PAGES);
  const id = await program.add("ledger.pdf", file, "Library", undefined, READING_MS_MAX);
  const times: number[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const context = await browser.newContext();
    const reader = await context.newPage();
    const start = Date.now();
    await reader.goto(`${program.address}/read/${id}?page=${WANTED}`, { waitUntil: "commit" });
    const sheet = reader.locator(`[data-page="${WANTED}"]`);
    await sheet.locator("canvas").waitFor();
    times.push(Date.now() - start);
    await expect(sheet).toContainText(wordsOf(WANTED));
    await expect(sheet).toBeInViewport();
    await context.close();
  }
  await program.remove();
  figure("page 700 of 1,000 drawn after the address is called", median(times), "ms", {
    most: OPEN_MS_MAX,
  });
});
