/** What fails while somebody works: each time it is said, nothing typed is lost, and there is a way on. */
import { writeFileSync } from "node:fs";
import { ask, signIn } from "./hands";
import { printed } from "./paper";
import { expect, Program, test } from "./program";
import { HARBOUR } from "./texts";
import { type Writer, writer } from "./writer";

const OWNER = "owner@example.org";
const QUESTION = "Who built the lighthouse of Orvane?";
const FLEET = "How many boats did the fishing fleet of Orvane count?";
const WRITTEN =
  "The lighthouse of Orvane was built by Sela Marrow in 1874. [1] It stands on the northern mole and is 41 metres high. [1]";
const BOX = /^Ask (your library a|another) question$/;
/** The first day of the next month, as the pages write it. */
function nextMonth(): string {
  const now = new Date();
  const written = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeZone: "UTC" });
  return written.format(new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1)));
}

/** Questions that the server keeps. */
async function asked({ address }: Program, token?: string): Promise<number> {
  const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
  const get = async (path: string) =>
    (await fetch(`${address}/api/v1/${path}`, { headers })).json();
  const { items } = await get("conversations");
  const kept = await Promise.all(items.map(({ id }: { id: string }) => get(`conversations/${id}`)));
  return kept.reduce((sum, { turns }) => sum + turns.length, 0);
}

test("a session that ends while a question is typed: it is sent after signing in again", async ({
  page,
  shared,
}) => {
  await shared.add("harbour.md", HARBOUR, "Library", await shared.token(OWNER));
  await page.goto(shared.address);
  await signIn(page, OWNER);
  await expect(page).toHaveURL(/\/library/);
  await page.getByRole("link", { name: "Ask", exact: true }).first().click();
  const box = page.getByRole("textbox", { name: BOX });
  await box.fill(QUESTION);
  // Every session of hers is ended elsewhere.
  const headers = { Authorization: `Bearer ${await shared.token(OWNER)}` };
  const mine = await (await fetch(`${shared.address}/api/v1/me`, { headers })).json();
  const ended = await fetch(`${shared.address}/api/v1/users/${mine.user.id}/sessions`, {
    method: "DELETE",
    headers,
  });
  expect(ended.ok).toBe(true);
  await box.press("Enter");
  const again = page.getByRole("dialog", { name: /sign in again/i });
  await expect(again).toBeVisible();
  await expect(page.getByText(QUESTION)).toBeVisible();
  expect(await asked(shared, await shared.token(OWNER))).toBe(0);
  await signIn(page);
  await expect(again).toBeHidden();
  await expect(page.getByRole("button", { name: /^Source 1, / }).first()).toBeVisible({
    timeout: 20_000,
  });
  expect(await asked(shared, await shared.token(OWNER))).toBe(1);
});

test("words not sent yet outlast the end of a session and a reload", async ({ page, shared }) => {
  await page.goto(shared.address);
  await signIn(page, OWNER);
  await expect(page).toHaveURL(/\/library/);
  await page.goto(`${shared.address}/ask`);
  await page.getByRole("textbox", { name: BOX }).fill("Who built the light");
  await page.evaluate(() => localStorage.removeItem("alexandria.session"));
  await page.reload();
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, OWNER);
  await expect(page.getByRole("textbox", { name: BOX })).toHaveValue("Who built the light");
});

test("the questions of a month are used up: it says until when, and who can raise it", async ({
  page,
  shared,
}) => {
  const token = await shared.token(OWNER);
  await fetch(`${shared.address}/api/v1/tenants/default`, {
    method: "PATCH",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ quotas: { questions_month: 0 } }),
  });
  await shared.add("harbour.md", HARBOUR, "Library", token);
  await page.goto(shared.address);
  await signIn(page, OWNER);
  await expect(page).toHaveURL(/\/library/);
  await page.goto(`${shared.address}/ask`);
  await ask(page, QUESTION);
  const hindered = page.getByRole("alert");
  await expect(hindered).toContainText("This month’s budget is used up");
  await expect(hindered).toContainText(nextMonth());
  await expect(hindered).not.toContainText(/\d{4,} seconds/);
  await expect(hindered.getByRole("link", { name: "To the budgets" })).toBeVisible();
  await hindered.getByRole("button", { name: "Put it differently" }).click();
  await expect(page.getByRole("textbox", { name: BOX })).toHaveValue(QUESTION);
});

test.describe("with a language model", () => {
  let model: Writer;
  let program: Program;
  const begin = async (more: Record<string, string> = {}, until?: string) => {
    model = await writer(WRITTEN, 0, until);
    program = await Program.start({ ...model.settings, ...more });
    await program.add("harbour.md", HARBOUR);
  };
  test.afterEach(async () => {
    await program?.remove();
    await model?.end();
  });

  test("a budget that is reached gives exact sentences, until when, and where to raise it", async ({
    page,
  }, info) => {
    const prices = info.outputPath("prices.toml");
    writeFileSync(prices, '[compatible."slow"]\nprompt = 100000\ncompletion = 100000\n');
    await begin({ ALEXANDRIA_PRICES: prices, ALEXANDRIA_BUDGET_MONTH_USD_MAX: "1" });
    await page.goto(`${program.address}/ask`);
    // What a call costs is known after it: the first goes beyond, and there is no second.
    await ask(page, QUESTION);
    await expect(page.getByText("Written by slow")).toBeVisible({ timeout: 20_000 });
    await ask(page, FLEET);
    const answer = page.getByRole("article", { name: FLEET });
    await expect(answer).toContainText("The budget for language models is used up", {
      timeout: 20_000,
    });
    await expect(answer).toContainText(`That lasts until ${nextMonth()}`);
    await expect(answer).toContainText("63 boats");
    expect(model.asked()).toBe(1);
    await page.getByRole("link", { name: "To the budgets" }).click();
    await expect(page).toHaveURL(/\/admin\/usage/);
  });

  test("a model that fails in mid-answer, and one that is away, leave exact sentences", async ({
    page,
  }) => {
    await begin({}, "by");
    await page.goto(`${program.address}/ask`);
    await ask(page, QUESTION);
    await expect(page.getByText("was built by").first()).toBeVisible({ timeout: 20_000 });
    await model.end();
    const lack = page.getByText("The language model did not do its part");
    await expect(lack).toBeVisible({ timeout: 20_000 });
    await expect(page.getByText("Answer again in a while")).toBeVisible();
    await expect(page.getByRole("button", { name: /^Source 1, / }).first()).toBeVisible();
    await ask(page, FLEET);
    await expect(lack).toHaveCount(2, { timeout: 20_000 });
    await expect(page.getByRole("article", { name: FLEET })).toContainText("63 boats");
  });
});

test("a server that restarts is looked for, and a question asked meanwhile is answered", async ({
  page,
  program,
}) => {
  await program.add("harbour.md", HARBOUR);
  await page.goto(`${program.address}/ask`);
  await page.getByRole("textbox", { name: BOX }).waitFor();
  await program.end();
  await ask(page, QUESTION);
  const bar = page.getByText("The server does not answer. Looking for it …");
  await expect(bar).toBeVisible();
  await expect(page.getByText("The connection is gone.").first()).toBeVisible();
  await program.begin();
  await expect(bar).toBeHidden({ timeout: 20_000 });
  await expect(page.getByRole("button", { name: /^Source 1, / }).first()).toBeVisible({
    timeout: 20_000,
  });
  expect(await asked(program)).toBe(1);
});

test("without a network the page says so, keeps what was open, and catches up", async ({
  page,
  program,
  context,
}) => {
  await program.add("harbour.md", HARBOUR);
  await page.goto(`${program.address}/library`);
  const harbour = page.getByText("The harbour of Orvane").first();
  await expect(harbour).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText("You are offline.")).toBeVisible();
  await expect(harbour).toBeVisible();
  await program.add("garden.md", "# The garden of Velm\n\nIt has limes.\n");
  await context.setOffline(false);
  await expect(page.getByText("You are offline.")).toBeHidden({ timeout: 20_000 });
  await expect(page.getByText("The garden of Velm").first()).toBeVisible();
});

test("a PDF is shown by the server where the browser cannot draw it", async ({
  page,
  browser,
  program,
}) => {
  const id = await program.add("harbour.pdf", await printed(browser));
  await page.route(/pdf\.worker/, (route) => route.abort());
  await page.goto(`${program.address}/read/${id}`);
  await expect(page.getByRole("img", { name: "Picture of page 1" })).toBeVisible();
  // What failed once is tried anew with the next document that is opened.
  await page.unroute(/pdf\.worker/);
  await page.getByRole("link", { name: "Library", exact: true }).first().click();
  await page.getByRole("link", { name: "The harbour of Orvane" }).first().click();
  await expect(page.locator('[data-page="1"] canvas')).toBeVisible();
});

test("an address that leads nowhere says so, and the menu leads on", async ({ page, program }) => {
  for (const path of ["libary", "library/nowhere"]) {
    await page.goto(`${program.address}/${path}`);
    await expect(page.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
    await page.getByRole("link", { name: "Search", exact: true }).first().click();
    await expect(page).toHaveURL(/\/search/);
  }
});

test("what was deleted in the library can be had back, and is gone otherwise", async ({
  page,
  program,
}) => {
  const id = await program.add("harbour.md", HARBOUR);
  const status = async () => (await fetch(`${program.address}/api/v1/documents/${id}`)).status;
  await page.goto(`${program.address}/library?view=list`);
  const row = page.getByRole("row").filter({ hasText: "The harbour of Orvane" });
  await row.focus();
  await page.keyboard.press("Delete");
  await expect(row).toHaveCount(0);
  expect(await status()).toBe(200);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(row).toBeVisible();
  await row.focus();
  await page.keyboard.press("Delete");
  await expect(row).toHaveCount(0);
  // Whoever leaves the page has thought it over.
  await page.close();
  await expect.poll(status).toBe(404);
});
