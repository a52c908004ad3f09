/** What people do by hand on the pages. */
import type { Locator, Page } from "@playwright/test";
import { PASSWORD } from "./program";
import type { Sample } from "./samples";

/** Chooses files in the dialog of the library. */
export async function putIn(page: Page, files: Sample[]): Promise<void> {
  await page.getByRole("button", { name: "Put documents in" }).first().click();
  await choose(page, page.getByRole("button", { name: "Choose files" }), files);
}

/** Chooses files with a button that opens the browser's own box. */
export async function choose(page: Page, button: Locator, files: Sample[]): Promise<void> {
  const chosen = page.waitForEvent("filechooser");
  await button.click();
  await (await chosen).setFiles(files);
}

/** The tray, and the entry of a file in it. */
export function tray(page: Page): Locator {
  return page.getByRole("region", { name: "Being put in" });
}

export function entry(page: Page, name: string): Locator {
  return tray(page)
    .getByRole("listitem")
    .filter({ has: page.locator(`[title="${name}"]`) });
}

/** Signs somebody in, at the page or in the dialog that is open. */
export async function signIn(page: Page, email?: string): Promise<void> {
  if (email) await page.getByLabel(/e-?mail/i).fill(email);
  await page
    .getByLabel(/password/i)
    .first()
    .fill(PASSWORD);
  await page.getByRole("button", { name: /^sign in$/i }).click();
}

/** Asks, in the box of the page for asking. */
export async function ask(page: Page, question: string): Promise<void> {
  const box = page.getByRole("textbox", { name: /^Ask (your library a|another) question$/ });
  await box.fill(question);
  await box.press("Enter");
}
