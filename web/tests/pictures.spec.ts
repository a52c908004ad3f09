/** The pictures of the handbook: each page by day, by night and on a phone. `scripts/test-web PROGRAM pictures` renews them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { signIn } from "./hands";
import { printed } from "./paper";
import { expect, type Program, test } from "./program";
import { GARDEN } from "./texts";

const DOCS = join(import.meta.dirname, "../../docs");
const PICTURES = join(DOCS, "pictures");
const OWNER = "owner@example.org";
const QUESTION = "Who built the lighthouse of Orvane?";
const MEASURED = [0.61, 0.66, 0.64, 0.72, 0.75];

const LOOKS = [
  { name: "light", theme: "light", viewport: { width: 1280, height: 800 } },
  { name: "dark", theme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "phone", theme: "light", viewport: { width: 390, height: 844 } },
] as const;

test.skip(process.env.ALEXANDRIA_PICTURES !== "renew", "the pictures are renewed on demand");

for (const look of LOOKS) {
  test(`pictures, ${look.name}`, async ({ browser, program, shared }) => {
    test.setTimeout(240_000);
    const { harbour } = await fill(program, await printed(browser));
    const context = await browser.newContext({
      viewport: look.viewport,
      locale: "en-GB",
      reducedMotion: "reduce",
      deviceScaleFactor: 1,
    });
    await context.addInitScript(
      (value) => localStorage.setItem("alexandria.theme", value),
      look.theme,
    );
    const page = await context.newPage();
    const take = async (name: string) => {
      await page.waitForLoadState("networkidle");
      await expect(page.getByText("Loading …")).toHaveCount(0);
      await page.screenshot({ path: join(PICTURES, `${name}-${look.name}.png`) });
    };
    await page.goto(`${program.address}/library`);
    await expect(page.getByText("The garden of Velm").first()).toBeVisible();
    await take("library");
    await page.goto(`${program.address}/ask?question=${encodeURIComponent(QUESTION)}`);
    const citation = page.getByRole("button", { name: /^Source 1, / }).first();
    await expect(citation).toBeVisible({ timeout: 30_000 });
    if (look.name !== "phone") {
      await citation.click();
      await expect(page.getByTestId("mark").first()).toBeAttached({ timeout: 20_000 });
    }
    // The hint with the quote would lie over the answer.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.mouse.move(0, 0);
    await page.waitForTimeout(1_500);
    await take("answer");
    await page.goto(`${program.address}/read/${harbour}`);
    await expect(page.locator("canvas").first()).toBeVisible({ timeout: 20_000 });
    await page.waitForTimeout(1_500);
    await take("reader");
    await page.goto(`${program.address}/search?q=lighthouse`);
    await expect(page.getByText("Sela Marrow").first()).toBeVisible();
    await take("search");
    for (const tab of ["", "usage", "jobs", "settings"]) {
      await page.goto(`${program.address}/admin${tab && `/${tab}`}`);
      await expect(page.getByRole("heading").first()).toBeVisible();
      await take(`administration-${tab || "overview"}`);
    }
    await people(shared);
    await page.goto(`${shared.address}/sign-in`);
    await expect(page.getByLabel(/e-?mail/i)).toBeVisible();
    await take("sign-in");
    await signIn(page, OWNER);
    await expect(page).toHaveURL(/\/library/);
    await page.goto(`${shared.address}/account`);
    await expect(page.getByRole("heading").first()).toBeVisible();
    await take("account");
    for (const tab of ["people", "keys", "audit", "quality"]) {
      await page.goto(
        `${shared.address}/admin/${tab}${tab === "quality" ? "?view=evaluations" : ""}`,
      );
      await expect(page.getByRole("heading").first()).toBeVisible();
      await take(`administration-${tab}`);
    }
    await context.close();
  });
}

async function fill(program: Program, pdf: Buffer): Promise<{ harbour: string }> {
  await program.add("garden.md", GARDEN, "Reading room");
  for (const name of readdirSync(DOCS).filter((one) =>
    /^(answers|searching|access|budgets|privacy|running)\.md$/.test(one),
  )) {
    await program.add(name, readFileSync(join(DOCS, name)), "Handbook");
  }
  const harbour = await program.add("The harbour of Orvane.pdf", pdf, "Reading room");
  return { harbour };
}

/** A library of several people: some are invited, programs have keys, and it was measured a few times. */
async function people(shared: Program): Promise<void> {
  const headers = {
    Authorization: `Bearer ${await shared.token(OWNER)}`,
    "Content-Type": "application/json",
  };
  const post = async (path: string, body: object) => {
    const init = { method: "POST", headers, body: JSON.stringify(body) };
    const reply = await fetch(`${shared.address}/api/v1/${path}`, init);
    expect(reply.ok, `${path}: ${await reply.clone().text()}`).toBe(true);
  };
  for (const [email, role] of [
    ["editor@example.org", "editor"],
    ["reader@example.org", "reader"],
  ]) {
    await post("invitations", { email, role });
  }
  for (const name of ["Catalogue of the town", "Nightly import"]) {
    await post("keys", { name, scopes: ["ask"] });
  }
  for (const value of MEASURED) {
    await post("evaluations", {
      name: "cases",
      kind: "questions",
      digest: "a",
      way: "extractive",
      version: "1.0.0",
      asked: 120,
      measures: {
        answered: { value, low: value - 0.08, high: value + 0.07 },
        p95_ms: { value: 40 - 20 * value },
      },
    });
  }
}
