/** What can be done with shelves and what stands on them, and with the search through them. */
import type { BrowserContext, Page } from "@playwright/test";
import { expect, Program, test } from "./program";
import { GARDEN, HARBOUR } from "./texts";

// The tests share a server; each looks at documents and collections that no other changes.
test.describe.configure({ mode: "default", timeout: 90_000 });
test.use({ actionTimeout: 15_000 });

let program: Program;
let context: BrowserContext;
let page: Page;

test.beforeAll(async ({ browser }) => {
  program = await Program.start();
  await program.add("harbour.md", HARBOUR);
  await program.add("garden.md", GARDEN, "Gardens");
  for (const name of ["Alder", "Birch", "Cedar"])
    await program.add(`${name}.md`, `# ${name}\n\nThe ${name} stands alone.\n`, "Trees");
  context = await browser.newContext();
});
test.afterAll(async () => {
  await context?.close();
  await program?.remove();
});
test.beforeEach(async () => {
  page = await context.newPage();
});
test.afterEach(() => page.close());

const got = async (path: string) => (await fetch(`${program.address}/api/v1/${path}`)).json();
const names = async (path: string) =>
  (await got(path)).items.map((one: { name: string }) => one.name).sort();
const open = (path: string) => page.goto(`${program.address}${path}`);
const dialog = () => page.getByRole("dialog");
/** The titles that are listed, from the top. */
const listed = () => page.getByRole("grid").getByRole("row").getByRole("link");

test("a collection is made, named anew, and removed when its name is typed", async () => {
  await open("/library");
  await page.getByRole("button", { name: "New collection" }).click();
  await page.keyboard.type("Poems");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Poems" })).toBeVisible();
  const choose = async (name: string) => {
    await page.getByRole("main").locator("header").getByRole("button").first().click();
    await page.getByRole("menuitem", { name }).click();
  };
  await choose("Name and description");
  await dialog().getByLabel("Name").fill("Verse");
  await dialog().getByLabel("Description").fill("All that rhymes.");
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Verse" })).toBeVisible();
  const made = (await got("collections")).items.find(
    (one: { name: string }) => one.name === "Verse",
  );
  expect(made).toMatchObject({ description: "All that rhymes.", documents: 0 });
  await choose("Remove the collection");
  const remove = dialog().getByRole("button", { name: "Remove for good" });
  await expect(remove).toBeDisabled();
  await dialog().getByRole("textbox").fill("Verse");
  await remove.click();
  await expect(page.getByRole("heading", { level: 1, name: "Library" })).toBeVisible();
  expect(await names("collections")).toEqual(["Gardens", "Library", "Trees"]);
});

test("chosen documents get tags at once, and are found by them in their order", async () => {
  await open("/library?view=list&collection=Trees&order=title");
  await expect(listed()).toHaveText(["Alder", "Birch", "Cedar"]);
  await page.getByRole("button", { name: "Title" }).click();
  await expect(listed()).toHaveText(["Cedar", "Birch", "Alder"]);
  await page.getByRole("checkbox", { name: /Cedar/ }).check();
  await page.getByRole("checkbox", { name: /Birch/ }).click({ modifiers: ["Shift"] });
  await page
    .getByRole("region", { name: "With the chosen documents" })
    .getByRole("button", { name: "Tags" })
    .click();
  await page.keyboard.type("northern, old");
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(page.getByText("2 documents were changed.")).toBeVisible();
  const tagged = await got("documents?tag=northern");
  expect(tagged.items.map((one: { tags: string[] }) => one.tags)).toEqual([
    ["northern", "old"],
    ["northern", "old"],
  ]);
  await page.getByRole("combobox", { name: "Tag" }).selectOption("old");
  await expect(listed()).toHaveText(["Cedar", "Birch"]);
  await page.getByRole("searchbox", { name: "Find by title" }).fill("bir");
  await expect(listed()).toHaveText(["Birch"]);
  await page.reload();
  await expect(listed()).toHaveText(["Birch"]);
});

test("what is deleted comes back by undo, and else goes for good", async () => {
  await program.add("passing.md", "# Passing\n\nThis passes.\n", "Passing");
  await open("/library?view=list&collection=Passing");
  const remove = async () => {
    await listed().first().click({ button: "middle", trial: true });
    await page.getByRole("checkbox", { name: /Passing/ }).check();
    await page
      .getByRole("region", { name: "With the chosen documents" })
      .getByRole("button", { name: "Delete" })
      .click();
    await expect(listed()).toHaveCount(0);
  };
  await remove();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(listed()).toHaveText(["Passing"]);
  expect(await names("documents?collection=Passing")).toEqual(["passing.md"]);
  await remove();
  await expect.poll(() => names("documents?collection=Passing"), { timeout: 20_000 }).toEqual([]);
});

test("a search is narrowed by its facets and says why it found what it found", async () => {
  await open("/search?q=lighthouse");
  const results = page.getByRole("main").getByRole("article");
  await expect(results.first()).toContainText("Sela Marrow");
  await page.getByRole("button", { name: "Why this result?" }).first().click();
  await expect(page.getByText(/Place 1 by words/).first()).toBeVisible();
  await page.getByRole("checkbox", { name: "Gardens" }).check();
  await expect(page).toHaveURL(/Gardens/);
  await expect(page.getByRole("main")).not.toContainText("Sela Marrow");
  await page.getByRole("button", { name: "Clear filters" }).first().click();
  await expect(results.first()).toContainText("Sela Marrow");
});

test("the palette opens what it names, the dialog for files among it", async () => {
  await open("/search");
  const palette = page.getByRole("dialog", { name: "Command palette" });
  const type = async (text: string) => {
    await page.keyboard.press("Control+k");
    await expect(palette).toBeVisible();
    await page.keyboard.type(text);
  };
  await type("put files");
  await expect(palette.getByRole("option", { name: "Put files in" })).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("dialog", { name: "Put documents in" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog()).toBeHidden();
  await expect(page).not.toHaveURL(/put=/);
  await type("alder");
  // The document arrives after what is known at once, and is meant all the same.
  await expect(palette.getByRole("option", { name: /^Alder/ })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/read\//);
});

test("leaving the choice of files leaves what was typed", async () => {
  await open("/library?put=files");
  await dialog().getByLabel("Into the collection").fill("Letters");
  const chosen = page.waitForEvent("filechooser");
  await dialog().getByRole("button", { name: "Choose files" }).click();
  await (await chosen).setFiles([]);
  await dialog()
    .locator("input[type=file]")
    .first()
    .evaluate((input) => input.dispatchEvent(new Event("cancel", { bubbles: true })));
  await expect(dialog().getByLabel("Into the collection")).toHaveValue("Letters");
});
