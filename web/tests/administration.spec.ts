/** The administration, each part used as somebody would; what the server then holds is asked of its API. */
import { readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BrowserContext, Page } from "@playwright/test";
import { expect, PASSWORD, Program, test } from "./program";
import { GARDEN, HARBOUR } from "./texts";

const OWNER = "owner@example.org";

// The tests share a server and a browser that has signed in; none of them needs what another has done.
test.describe.configure({ mode: "default", timeout: 90_000 });
test.use({ actionTimeout: 15_000 });

let program: Program;
let context: BrowserContext;
let token: string;
let page: Page;

test.beforeAll(async ({ browser }) => {
  program = await Program.start({ ALEXANDRIA_TOKENS_MAX: "90000" }, OWNER);
  token = await program.token(OWNER);
  await program.add("harbour.md", HARBOUR, "Library", token);
  context = await browser.newContext();
  const first = await context.newPage();
  await first.goto(`${program.address}/sign-in`);
  await first.getByLabel(/e-?mail/i).fill(OWNER);
  await first
    .getByLabel(/password/i)
    .first()
    .fill(PASSWORD);
  await first.getByRole("button", { name: /^sign in$/i }).click();
  await expect(first).toHaveURL(/\/library/);
  await first.close();
});
test.afterAll(async () => {
  await context?.close();
  await program?.remove();
});
test.beforeEach(async () => {
  page = await context.newPage();
});
test.afterEach(() => page.close());

/** Asks the API, as the owner unless with another token. */
async function call(method: string, path: string, body?: object, bearer = token) {
  return fetch(`${program.address}/api/v1/${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${bearer}`,
      ...(body && { "Content-Type": "application/json" }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
}
const got = async (path: string) => (await call("GET", path)).json();
const open = (path: string) => page.goto(`${program.address}/admin${path}`);
const dialog = () => page.getByRole("dialog");
const act = async (of: string, name: string) => {
  await page.getByRole("button", { name: `Actions for ${of}` }).click();
  await page.getByRole("menuitem", { name, exact: true }).click();
};

test("somebody is invited, gets another role, is shut out and let in again", async () => {
  const email = "ada@example.org";
  await open("/people");
  await page.getByRole("button", { name: "Invite" }).click();
  await page.keyboard.type(email);
  await page.keyboard.press("Enter");
  const link = await dialog().getByLabel("Link of the invitation").inputValue();
  await page.keyboard.press("Escape");
  await expect(dialog()).toBeVisible();
  await dialog().getByRole("button", { name: "I have kept it safely" }).click();
  await expect(page.getByRole("table", { name: "Invitations" })).toContainText(email);
  const accepted = await call("POST", "auth/invitation", {
    token: decodeURIComponent(link.split("#token=")[1] ?? ""),
    name: "Ada Reader",
    password: PASSWORD,
  });
  expect(accepted.status).toBe(200);

  await page.reload();
  const ada = async () =>
    (await got("users")).items.find((one: { email: string }) => one.email === email);
  await act("Ada Reader", "Change role");
  await dialog().getByRole("radio", { name: "Auditor" }).check();
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(page.getByRole("row", { name: /Ada Reader/ })).toContainText("Auditor");
  expect((await ada()).role).toBe("auditor");

  await act("Ada Reader", "Suspend");
  await dialog().getByRole("button", { name: "Suspend" }).click();
  await expect(page.getByRole("row", { name: /Ada Reader/ })).toContainText("Suspended");
  expect(await program.token(email)).toBeUndefined();
  await act("Ada Reader", "Let in again");
  await dialog().getByRole("button", { name: "Let in again" }).click();
  await expect(page.getByRole("row", { name: /Ada Reader/ })).toContainText("Active");
  expect(await program.token(email)).toBeTruthy();
});

test("a key is shown once, replaced and revoked", async () => {
  const works = async (key: string) => (await call("GET", "collections", undefined, key)).status;
  await open("/keys");
  await page.getByRole("button", { name: "Make a key" }).click();
  await dialog().getByLabel("Name").fill("Website");
  await dialog().getByRole("button", { name: "Make a key" }).click();
  const secret = dialog().getByLabel("Key", { exact: true });
  const first = await secret.inputValue();
  expect(await works(first)).toBe(200);
  await dialog().getByRole("button", { name: "I have kept it safely" }).click();
  await page.reload();
  await expect(page.getByRole("row", { name: /Website/ })).toContainText(first.slice(-4));
  await expect(page.getByText(first)).toHaveCount(0);

  await act("Website", "Replace");
  await dialog().getByLabel("The former key is good for").selectOption("0");
  await dialog().getByRole("button", { name: "Replace" }).click();
  await expect(secret).not.toHaveValue(first);
  const second = await secret.inputValue();
  await dialog().getByRole("button", { name: "I have kept it safely" }).click();
  expect(await works(first)).toBe(401);
  expect(await works(second)).toBe(200);

  await act("Website", "Revoke");
  await dialog().getByRole("button", { name: "Revoke" }).click();
  await expect(page.getByText("The key “Website” is revoked.")).toBeVisible();
  expect(await works(second)).toBe(401);
});

test("a budget is set, refused where it makes no sense, and removed", async () => {
  const budget = async () =>
    (await got("budgets")).items.find(
      (one: { kind: string; subject: string }) =>
        one.kind === "feature" && one.subject === "answer",
    );
  await open("/usage");
  await page.getByRole("button", { name: "Set a budget" }).click();
  await dialog().getByLabel("For", { exact: true }).selectOption("feature");
  await dialog().getByLabel("Purpose").selectOption("answer");
  await dialog().getByLabel("At most").fill("4");
  await dialog().getByLabel("Alert from").fill("5");
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(dialog().getByRole("alert")).toContainText("above the most");
  await dialog().getByLabel("Alert from").fill("2,5");
  await dialog().getByRole("button", { name: "Save" }).click();
  await expect(dialog()).toBeHidden();
  expect(await budget()).toMatchObject({ max_usd: 4, alert_usd: 2.5, is_set: true });
  await act("Writing answers", "Remove");
  await dialog().getByRole("button", { name: "Remove" }).click();
  await expect(page.getByText("The budget “Writing answers” is removed.")).toBeVisible();
  expect((await budget())?.is_set ?? false).toBe(false);
});

test("the audit log is filtered, taken along and verified", async () => {
  await call("POST", "collections", { name: "Maps" });
  await open("/audit");
  await page.getByLabel("Action").fill("collections_create");
  await page.keyboard.press("Enter");
  const entries = page.getByRole("list", { name: "Audit log" }).getByRole("listitem");
  await expect(entries.first()).toContainText("collections_create");
  await expect(page).toHaveURL(/action=collections_create/);
  for (const text of await entries.allTextContents()) expect(text).toContain("collections_create");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await page.getByRole("menuitem", { name: "JSON lines" }).click();
  const lines = readFileSync(await (await download).path(), "utf8")
    .trim()
    .split("\n");
  expect(lines.length).toBe(await entries.count());
  for (const line of lines) expect(JSON.parse(line).action).toBe("collections_create");
  await page.getByRole("button", { name: "Verify" }).click();
  await expect(page.getByText("Nobody has touched the log.")).toBeVisible();
});

test("an experiment is made, started and stopped", async () => {
  await open("/quality");
  await page.getByRole("button", { name: "Make an experiment" }).click();
  await dialog().getByLabel("Name").first().fill("More passages");
  await dialog().getByLabel("Name").nth(1).fill("twenty");
  await dialog().getByRole("button", { name: "Make an experiment" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "More passages" })).toBeVisible();
  const id = new URL(page.url()).searchParams.get("experiment");
  const state = async () => (await got(`experiments/${id}`)).experiment.state;
  for (const [act, then] of [
    ["Start", "running"],
    ["Stop", "stopped"],
  ] as const) {
    await page.getByRole("button", { name: act }).click();
    await dialog().getByRole("button", { name: act }).click();
    await expect.poll(state).toBe(then);
  }
  await expect(page.getByText("Stopped by command")).toBeVisible();
});

test("what people said becomes a case, and the cases are measured", async () => {
  const asked = await call("POST", "ask", { question: "Who built the lighthouse of Orvane?" });
  const answer = await asked.json();
  await call("PUT", `answers/${answer.id}/feedback`, { thumb: "up" });
  await open("/quality?view=feedback");
  const said = page.getByRole("listitem").filter({ hasText: "Who built the lighthouse" });
  await said.getByRole("button", { name: "Make a case" }).click();
  await dialog().getByRole("button", { name: "Make a case" }).click();
  await expect(dialog()).toBeHidden();
  expect((await got("evaluation/cases")).items[0].answer_id).toBe(answer.id);
  await open("/quality?view=cases");
  await page.getByRole("button", { name: "Measure" }).click();
  const chart = page.getByRole("figure", { name: "How good the answers are" });
  await expect(chart).toBeVisible({ timeout: 30_000 });
  await chart.getByRole("button", { name: "Show as table" }).click();
  await expect(chart.getByRole("row").nth(1)).toContainText("%");
});

test("a setting shows its value, and where it came from", async () => {
  await open("/settings");
  await page.getByPlaceholder("Find a setting").fill("ALEXANDRIA_TOKENS_MAX");
  const setting = page.getByRole("main").locator("dl > div").filter({ hasText: "TOKENS_MAX" });
  await expect(setting).toHaveCount(1);
  await expect(setting).toContainText("90000");
  await expect(setting).toContainText("Environment");
});

test("a job that waits is cancelled, and tried again", async ({ browser }) => {
  // A server that works on nothing leaves it waiting.
  const idle = await Program.start({ ALEXANDRIA_ROLE: "api" });
  const own = await browser.newPage();
  try {
    const form = new FormData();
    form.append("collection", "Library");
    form.append("file", new Blob([GARDEN]), "garden.md");
    const put = await fetch(`${idle.address}/api/v1/documents`, { method: "POST", body: form });
    expect(put.ok).toBe(true);
    const states = async () =>
      (await (await fetch(`${idle.address}/api/v1/jobs`)).json()).items.map(
        (job: { state: string }) => job.state,
      );
    await own.goto(`${idle.address}/admin/jobs`);
    await own.getByRole("button", { name: "Cancel" }).click();
    await expect(own.getByRole("button", { name: "Try again" })).toBeVisible();
    expect(await states()).toEqual(["cancelled"]);
    await own.getByRole("button", { name: "Try again" }).click();
    await expect(own.getByRole("button", { name: "Cancel" })).toBeVisible();
    expect(await states()).toEqual(["waiting"]);
  } finally {
    await own.close();
    await idle.remove();
  }
});

test("a job that failed says why, and is done once that is put right", async ({ browser }) => {
  // Its file has gone astray before anybody reads it.
  const program = await Program.start({ ALEXANDRIA_ROLE: "api", ALEXANDRIA_EMBEDDER: "off" });
  const own = await browser.newPage();
  try {
    const form = new FormData();
    form.append("file", new Blob([GARDEN]), "garden.md");
    const put = await fetch(`${program.address}/api/v1/documents`, { method: "POST", body: form });
    expect(put.ok).toBe(true);
    await program.end();
    const files = join(program.home, "data/blobs");
    const astray = join(program.home, "astray");
    renameSync(files, astray);
    program.settings.ALEXANDRIA_ROLE = "all";
    await program.begin();
    await own.goto(`${program.address}/admin/jobs?state=failed`);
    const job = own.getByRole("list", { name: "Jobs" }).getByRole("listitem");
    await expect(job).toContainText(/the file as it was put in is gone/i, { timeout: 60_000 });
    rmSync(files, { recursive: true, force: true });
    renameSync(astray, files);
    await job.getByRole("button", { name: "Try again" }).click();
    await own.goto(`${program.address}/admin/jobs?state=done`);
    await expect(job).toContainText("The garden of Velm", { timeout: 30_000 });
  } finally {
    await own.close();
    await program.remove();
  }
});
