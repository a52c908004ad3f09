/** Everything by keyboard: the list of keys, the search, the palette, the way round the page. */

import { expect, test } from "./program";
import { HARBOUR } from "./texts";

test("the keys are listed, lead to the pages, and focus the search", async ({ page, program }) => {
  await program.add("harbour.md", HARBOUR);
  await page.goto(`${program.address}/library`);
  await expect(page.getByText("The harbour of Orvane").first()).toBeVisible();
  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keyboard shortcuts" });
  await expect(help).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await expect(page).toHaveURL(/\/search/);
  await page.keyboard.press("g");
  await page.keyboard.press("a");
  await expect(page).toHaveURL(/\/ask/);
  await page.locator("h1").first().click();
  await page.keyboard.press("g");
  await page.keyboard.press("s");
  await page.locator("h1").first().click();
  await page.keyboard.press("/");
  await expect(page.locator("[data-search]")).toBeFocused();
  await page.keyboard.type("lighthouse");
  await expect(page.getByText("Sela Marrow").first()).toBeVisible();
  await page.keyboard.press("Control+k");
  await expect(page.getByRole("dialog", { name: "Command palette" })).toBeVisible();
});

test("the first stop of the tab key leads past the navigation", async ({ page, program }) => {
  await page.goto(`${program.address}/library`);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(page.getByRole("link", { name: "Skip to the content" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.locator("#main")).toBeFocused();
});
