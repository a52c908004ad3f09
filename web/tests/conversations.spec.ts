/** What can be done with answers and conversations, and with the reader that stands beside them. */
import { readFileSync } from "node:fs";
import type { BrowserContext, Page } from "@playwright/test";
import { expect, Program, test } from "./program";
import { GARDEN, HARBOUR } from "./texts";

const QUESTION = "Who built the lighthouse of Orvane?";

// The tests share a server with a few texts; each begins conversations of its own.
test.describe.configure({ mode: "default", timeout: 90_000 });
test.use({ actionTimeout: 15_000 });

let program: Program;
let context: BrowserContext;
let page: Page;

test.beforeAll(async ({ browser }) => {
  program = await Program.start();
  // A long text: its middle is far from its end.
  const long = Array.from(
    { length: 60 },
    (_, at) => `## Part ${at + 1}\n\nThe tide turned again.\n`,
  );
  await program.add("harbour.md", `${HARBOUR}\n${long.join("\n")}`);
  await program.add("garden.md", GARDEN, "Gardens");
  context = await browser.newContext({ permissions: ["clipboard-read", "clipboard-write"] });
});
test.afterAll(async () => {
  await context?.close();
  await program?.remove();
});
test.beforeEach(async () => {
  page = await context.newPage();
});
test.afterEach(() => page.close());

const api = (path: string) => fetch(`${program.address}/api/v1/${path}`);
const source = () => page.getByRole("button", { name: /^Source 1, / }).first();
/** Asks in a new conversation and waits for the answer to be kept; gives the conversation's id. */
async function ask(question: string): Promise<string> {
  await page.goto(`${program.address}/ask`);
  const box = page.getByRole("textbox", { name: "Ask your library a question" });
  await box.fill(question);
  await box.press("Enter");
  await expect(page).toHaveURL(/\/ask\/[0-9a-f-]{36}/);
  await expect(page.getByRole("button", { name: "Answer again, otherwise" }).last()).toBeVisible({
    timeout: 20_000,
  });
  return page.url().split("/").at(-1) ?? "";
}
const menu = async (of: string | RegExp, name: string) => {
  await page.getByRole("button", { name: of }).first().click();
  await page.getByRole("menuitem", { name, exact: true }).click();
};

test("an answer is copied as text, as Markdown and as BibTeX, with its sources", async () => {
  await ask(QUESTION);
  const copied = async (name: string) => {
    await page.evaluate(() => navigator.clipboard.writeText(""));
    await menu("Copy the answer", name);
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).not.toBe("");
    return page.evaluate(() => navigator.clipboard.readText());
  };
  expect(await copied("Plain text")).toMatch(/Sela Marrow in 1874.*\[1\][\s\S]*harbour of Orvane/);
  const markdown = await copied("Markdown");
  expect(markdown).toContain("[^1]");
  const link = /\]\((http[^)]+)\)/.exec(markdown)?.[1] ?? "";
  expect(await copied("BibTeX")).toMatch(/^@\w+\{[\s\S]*title = \{\{The harbour of Orvane\}\}/);
  // The link of the copy leads to the marked words.
  await page.goto(link);
  await expect(page.getByTestId("mark").first()).toContainText("Sela Marrow");
});

test("a conversation is renamed, found, taken along, and deleted after a pause", async () => {
  const id = await ask(QUESTION);
  await menu(/^More about/, "Rename");
  await page.getByRole("dialog").getByLabel("Title").fill("The tower of Sela");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("The tower of Sela");
  expect((await (await api(`conversations/${id}`)).json()).conversation.title).toBe(
    "The tower of Sela",
  );
  const found = page.getByRole("navigation", { name: "Conversations" });
  const search = page.getByRole("searchbox", { name: "Search conversations" });
  await search.fill("tower");
  await expect(found.getByRole("link")).toHaveText(["The tower of Sela"]);
  await search.fill("");
  const download = page.waitForEvent("download");
  await menu("More about “The tower of Sela”", "Save as Markdown");
  expect(readFileSync(await (await download).path(), "utf8")).toContain("Sela Marrow");

  await menu("More about “The tower of Sela”", "Delete");
  await expect(found.getByRole("link", { name: "The tower of Sela" })).toBeHidden();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(found.getByRole("link", { name: "The tower of Sela" })).toBeVisible();
  expect((await api(`conversations/${id}`)).status).toBe(200);
  await menu("More about “The tower of Sela”", "Delete");
  await expect.poll(async () => (await api(`conversations/${id}`)).status).toBe(404);
});

test("what somebody thinks of an answer is kept, and can be taken back", async () => {
  const id = await ask(QUESTION);
  const { turns } = await (await api(`conversations/${id}`)).json();
  const feedback = () => api(`answers/${turns[0].answer_id}/feedback`);
  const down = page.getByRole("button", { name: "Bad answer" });
  await down.click();
  const form = page.getByRole("form", { name: "What is wrong with this answer?" });
  await form.getByText("Out of date").click();
  await form.getByLabel("What would be right?").fill("It was her sister.");
  // The form stands clear of the box for questions: what sends it can be pressed.
  await form.getByRole("button", { name: "Send" }).click({ timeout: 5_000 });
  await expect(form).toBeHidden();
  expect(await (await feedback()).json()).toMatchObject({
    thumb: "down",
    reason: "outdated",
    correction: "It was her sister.",
  });
  await page.reload();
  await expect(down).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: "Good answer" }).click();
  await expect.poll(async () => (await (await feedback()).json()).thumb).toBe("up");
  await page.getByRole("button", { name: "Good answer" }).click();
  await expect.poll(async () => (await feedback()).status).toBe(404);
});

test("an answer is given again, and both are there to compare", async () => {
  await ask(QUESTION);
  await menu("Answer again, otherwise", "Look through fewer passages");
  await expect(page.getByText("2 of 2")).toBeVisible({ timeout: 20_000 });
  await page.getByRole("button", { name: "Previous answer" }).click();
  await expect(page.getByText("1 of 2")).toBeVisible();
  await expect(source()).toBeVisible();
});

test("what is asked is held to a collection, and can be widened when nothing is found", async () => {
  await page.goto(`${program.address}/ask`);
  await page.getByRole("button", { name: /^How to ask/ }).click();
  await page.getByLabel("Gardens").check();
  await page.keyboard.press("Escape");
  const box = page.getByRole("textbox", { name: "Ask your library a question" });
  await box.fill(QUESTION);
  await box.press("Enter");
  await expect(page.getByText("Not found in your library.").first()).toBeVisible({
    timeout: 20_000,
  });
  await expect(page.getByRole("main")).not.toContainText("Sela Marrow");
  await page.getByRole("button", { name: "Ask the whole library" }).click();
  await expect(source()).toHaveAccessibleName(/Sela Marrow/, { timeout: 20_000 });
});

test("the reader beside an answer goes back to the words as often as it is asked", async () => {
  await ask(QUESTION);
  const reader = page.getByTestId("reader");
  const mark = reader.getByTestId("mark").first();
  await source().click();
  await expect(mark).toBeInViewport();
  await reader.hover();
  await page.mouse.wheel(0, 3_000);
  await expect(mark).not.toBeInViewport();
  await source().click();
  await expect(mark).toBeInViewport();
  await reader.getByRole("button", { name: "Close the document" }).click();
  await expect(reader).toBeHidden();
  // Where it was opened from has the focus again, and opens it again.
  await page.keyboard.press("Enter");
  await expect(mark).toBeInViewport();
  // Beside the reader there is no room for the list: it comes over the page.
  await page.getByRole("button", { name: "Show conversations" }).click();
  await expect(page.getByRole("dialog", { name: "Conversations" })).toBeVisible();
});

test("on a phone the menu of a conversation stands above the list, and Escape closes both", async () => {
  await ask(QUESTION);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole("button", { name: "Show conversations" }).click();
  const list = page.getByRole("dialog", { name: "Conversations" });
  await list
    .getByRole("button", { name: /^More about/ })
    .first()
    .click();
  await page.getByRole("menuitem", { name: "Rename" }).click();
  const rename = page.getByRole("dialog", { name: "Rename" });
  await expect(rename.getByLabel("Title")).toBeFocused();
  await page.keyboard.press("Escape");
  await expect(rename).toBeHidden();
  await list.getByRole("button", { name: "Close" }).focus();
  await expect(page.getByRole("tooltip")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(list).toBeHidden();
});
