/** A text of ours as a printed page. */
import type { Browser } from "@playwright/test";
import { HARBOUR } from "./texts";

/** The text about the harbour as a PDF, the same bytes each time. */
export async function printed(browser: Browser): Promise<Buffer> {
  const page = await browser.newPage();
  const html = HARBOUR.replace(/^# (.*)$/gm, "<h1>$1</h1>")
    .replace(/^## (.*)$/gm, "<h2>$1</h2>")
    .replace(/\n\n(?!<)([\s\S]*?)(?=\n\n|\n*$)/g, "<p>$1</p>");
  await page.setContent(
    `<title>The harbour of Orvane</title><body style="font:13pt/1.6 serif;margin:2cm">${html}</body>`,
  );
  const pdf = await page.pdf({ format: "A5" });
  await page.close();
  return Buffer.from(pdf.toString("latin1").replace(/D:\d{14}/g, "D:20260115093000"), "latin1");
}
