/** Real files of every format, put in by hand and opened: each is read, and shows its words. */
import { expect, test } from "./program";
import { real } from "./texts";

const DOCLING = "documents/docling-tests/tests/data";

/** Where a file lies, and words that its page shows. */
const FILES = [
  ["books/mary-shelley_frankenstein.epub", /Walton|Frankenstein/],
  [`${DOCLING}/docx/sources/lorem_ipsum.docx`, /lorem ipsum/i],
  [`${DOCLING}/html/sources/example_01.html`, /\w/],
  [`${DOCLING}/csv/sources/csv-comma.csv`, /\w/],
  [`${DOCLING}/email/sources/eml_with_attachment.eml`, /\w/],
  ["qa/sec10q/docs/2023 Q1 AAPL.pdf", /Apple/],
] as const;

test("a file of each format is put in, read, and opened", async ({ page, program }) => {
  test.setTimeout(240_000);
  const files = FILES.map(([path, words]) => ({ file: real(path), words })).filter(
    ({ file }) => file,
  );
  test.skip(files.length === 0, "the real files are not here");
  await page.goto(`${program.address}/library`);
  await page.getByRole("button", { name: "Put documents in" }).first().click();
  const chosen = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await chosen).setFiles(files.flatMap(({ file }) => (file ? [file] : [])));
  const listed = async () => {
    const reply = await fetch(`${program.address}/api/v1/documents?limit=50`);
    return (await reply.json()).items as { id: string; name: string; state: string }[];
  };
  await expect
    .poll(async () => (await listed()).map((one) => one.state), { timeout: 180_000 })
    .toEqual(files.map(() => "ready"));
  const documents = await listed();
  for (const { file, words } of files) {
    const id = documents.find((one) => one.name === file?.name)?.id;
    await page.goto(`${program.address}/read/${id}`);
    await expect(page.locator("main").getByText(words).first(), file?.name).toBeAttached({
      timeout: 20_000,
    });
  }
});
