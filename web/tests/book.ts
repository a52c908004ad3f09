/** A book of many pages, printed by the browser from text of our own. */
import type { Page } from "@playwright/test";

/** Words that pages are filled with; which ones depends on the page. */
const WORDS =
  "harbour ledger cargo winter rope signal captain lantern tide letter barrel keeper voyage market anchor storm".split(
    " ",
  );
const PARAGRAPHS = 4;
const WORDS_A_PARAGRAPH = 40;

/** A PDF of so many pages; each says which one it is. */
export async function book(page: Page, pages: number): Promise<Buffer> {
  const sheets = Array.from({ length: pages }, (_, at) => sheet(at + 1)).join("");
  await page.setContent(
    `<!doctype html><html lang="en"><title>The ledger of a harbour</title>
     <style>section { break-after: page } body { font: 11pt/1.5 serif }</style>${sheets}</html>`,
  );
  return page.pdf({
    format: "A5",
    margin: { top: "15mm", bottom: "15mm", left: "15mm", right: "15mm" },
  });
}

/** The words that only this page has. */
export function wordsOf(page: number): string {
  return `Here ends leaf ${page}`;
}

function sheet(page: number): string {
  const paragraphs = Array.from({ length: PARAGRAPHS }, (_, paragraph) => {
    const words = Array.from(
      { length: WORDS_A_PARAGRAPH },
      (_, at) => WORDS[(page * 7 + paragraph * 5 + at * (1 + (page % 5))) % WORDS.length],
    );
    return `<p>${words.join(" ")}.</p>`;
  }).join("");
  return `<section>${paragraphs}<p>${wordsOf(page)}, and the next one follows.</p></section>`;
}
