/** A file of each format, put in by hand: all are read without a fault, and each shows its words. */
import type { Page } from "@playwright/test";
import { putIn, tray } from "./hands";
import { expect, Program, test } from "./program";
import { made } from "./samples";
import { HARBOUR, real } from "./texts";

const DOCLING = "documents/docling-tests/tests/data";
const OCRMYPDF = "documents/ocrmypdf-resources";

/** What a file is, where it comes from, words that it shows, and whether these stand on a drawn page. */
const FORMATS = [
  ["PDF", real("documents/py-pdf-sample-files/001-trivial/minimal-document.pdf"), "Lorem", true],
  ["a scanned PDF", real(`${OCRMYPDF}/linn.pdf`), "LinnSequencer", true],
  ["a picture", real(`${OCRMYPDF}/typewriter.png`), "typewriter", true],
  ["EPUB", real(`${DOCLING}/epub/sources/epub_purvis_poetry.epub`), "Sarah Louisa Forten Purvis"],
  ["Word", real(`${DOCLING}/docx/sources/lorem_ipsum.docx`), "Lorem ipsum dolor sit amet"],
  ["PowerPoint", real(`${DOCLING}/pptx/sources/powerpoint_sample.pptx`), "Test Table Slide"],
  ["Excel", real(`${DOCLING}/xlsx/sources/xlsx_05_table_with_title.xlsx`), "Freshwater Ducks"],
  ["OpenDocument text", real(`${DOCLING}/odf/sources/text_document_01.odt`), "heading level 1"],
  ["an OpenDocument table", made.ods, "Herring in the long hall"],
  ["a web page", real(`${DOCLING}/html/sources/example_01.html`), "Some background information"],
  ["Markdown", made.text("harbour.md", HARBOUR), "The lighthouse of Orvane was built"],
  ["text of an old encoding", made.latin, "Der Käse über dem Öl der Fähre"],
  ["text in UTF-16", made.utf16, "Сельдь солили в длинном доме"],
  ["a table with commas", real(`${DOCLING}/csv/sources/csv-comma.csv`), "Rasmussen Group"],
  ["a table with tabs", made.text("boats.tsv", "boat\tyear\nTern\t1910\n"), "Tern"],
  ["rich text", made.rtf, "The ferry crosses to the island"],
  ["e-mail", real(`${DOCLING}/email/sources/eml_with_attachment.eml`), "This email contains"],
  ["an attachment", real(`${DOCLING}/email/sources/eml_with_attachment.eml`), "dummy content"],
] as const;

test("a file of each format is put in, read, and shows its words", async ({ page }, info) => {
  test.setTimeout(480_000);
  const here = FORMATS.flatMap(([format, file, words, drawn]) =>
    file ? [{ format, file, words, drawn }] : [],
  );
  for (const [format, file] of FORMATS)
    if (!file) info.annotations.push({ type: "not tried", description: `${format}: no file here` });
  const files = [...new Map(here.map(({ file }) => [file.name, file])).values()];
  // What is shown needs no meaning, and learning it would take most of the time.
  const program = await Program.start({ ALEXANDRIA_EMBEDDER: "off" });
  try {
    await page.goto(`${program.address}/library`);
    await putIn(page, files);
    await expect(tray(page).getByText(`Done: ${files.length} files`).first()).toBeVisible({
      timeout: 180_000,
    });
    const reply = await fetch(`${program.address}/api/v1/documents?limit=50`);
    const { items } = (await reply.json()) as {
      items: { id: string; name: string; faults: object[] }[];
    };
    expect(items.flatMap(({ faults }) => faults)).toEqual([]);
    for (const { format, file, words, drawn } of here) {
      await test.step(format, async () => {
        const id = items.find(({ name }) => name === file.name)?.id;
        await page.goto(`${program.address}/read/${id}`);
        const shown = page.locator("main").getByText(words).first();
        await expect(shown, format).toBeVisible({ timeout: 20_000 });
        await expect(shown, format).toBeInViewport();
        if (drawn) await expect.poll(() => inked(page), { timeout: 20_000 }).toBe(true);
      });
    }
  } finally {
    await program.remove();
  }
});

/** Whether the first page is drawn: not all of it in one colour. */
function inked(page: Page): Promise<boolean> {
  return page.locator("[data-page='1']").evaluate((sheet) => {
    const drawn = sheet.querySelector<HTMLCanvasElement | HTMLImageElement>("canvas, img");
    const copy = new OffscreenCanvas(200, 200).getContext("2d");
    if (!drawn?.width || !copy) return false;
    copy.drawImage(drawn, 0, 0, 200, 200);
    const { data } = copy.getImageData(0, 0, 200, 200);
    return new Set(new Uint32Array(data.buffer)).size > 1;
  });
}
