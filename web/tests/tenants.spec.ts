/** Several people in browsers of their own: each sees what is meant for them, and nothing else exists. */
import type { Page } from "@playwright/test";
import { signIn } from "./hands";
import { expect, PASSWORD, test } from "./program";
import { GARDEN, HARBOUR } from "./texts";

const OWNER = "owner@example.org";

/** Comes by an invitation. */
async function join(page: Page, address: string, invitation: string, name: string): Promise<void> {
  await page.goto(`${address}/invitation#token=${invitation}`);
  await page.getByLabel(/name/i).first().fill(name);
  await page
    .getByLabel(/password/i)
    .first()
    .fill(PASSWORD);
  await page.getByRole("button", { name: /accept|join|begin|start/i }).click();
  await expect(page).toHaveURL(/\/library/);
}

test("a collection is for those who are named, from one moment to the next", async ({
  browser,
  shared,
}) => {
  const token = await shared.token(OWNER);
  await shared.add("garden.md", GARDEN, "Gardens", token);
  await shared.add("harbour.md", HARBOUR, "Coasts", token);
  const invited = shared.run(["--json", "user", "invite", "rita@example.org", "--role", "reader"]);
  const [owner, reader] = [await browser.newContext(), await browser.newContext()];
  try {
    const [a, b] = [await owner.newPage(), await reader.newPage()];
    await join(b, shared.address, JSON.parse(invited).token, "Rita Reader");
    await expect(b.getByText("The garden of Velm").first()).toBeVisible();
    await a.goto(shared.address);
    await signIn(a, OWNER);
    await a.getByRole("button", { name: "More for “Gardens”" }).click();
    await a.getByRole("menuitem", { name: "Access" }).click();
    await a.getByRole("radio", { name: /Only people who are named/ }).check();
    await expect(a.getByText(/^Nobody is named yet/)).toBeVisible();
    await b.reload();
    await expect(b.getByText("The harbour of Orvane").first()).toBeVisible();
    await expect(b.getByText("The garden of Velm")).toHaveCount(0);
    await a.getByLabel("E-mail address of a person").fill("rita@example.org");
    await a.getByRole("button", { name: "Give access" }).click();
    await expect(a.getByRole("listitem").filter({ hasText: "Rita Reader" })).toBeVisible();
    await b.reload();
    await expect(b.getByText("The garden of Velm").first()).toBeVisible();
    await a.getByRole("button", { name: /Rita Reader/ }).click();
    await expect(a.getByRole("listitem").filter({ hasText: "Rita Reader" })).toHaveCount(0);
    await b.reload();
    await expect(b.getByText("The harbour of Orvane").first()).toBeVisible();
    await expect(b.getByText("The garden of Velm")).toHaveCount(0);
  } finally {
    await owner.close();
    await reader.close();
  }
});

test("two tenants in two browsers see nothing of each other", async ({ browser, shared }) => {
  const other = "ada@example.org";
  const made = JSON.parse(
    shared.run(["--json", "tenant", "create", "City Library", "--owner", other]),
  );
  const invitation: string = made.invited.token;
  const [ours, theirs] = [await browser.newContext(), await browser.newContext()];
  try {
    const [a, b] = [await ours.newPage(), await theirs.newPage()];
    await a.goto(shared.address);
    await expect(a).toHaveURL(/\/sign-in/);
    await signIn(a, OWNER);
    await expect(a).toHaveURL(/\/library/);
    await join(b, shared.address, invitation, "Ada Other");

    const tokens = { a: await shared.token(OWNER), b: await shared.token(other) };
    const harbour = await shared.add("harbour.md", HARBOUR, "Library", tokens.a);
    const garden = await shared.add("garden.md", GARDEN, "Library", tokens.b);
    await a.reload();
    await b.reload();
    await expect(a.getByText("The harbour of Orvane").first()).toBeVisible();
    await expect(a.getByText("The garden of Velm")).toHaveCount(0);
    await expect(b.getByText("The garden of Velm").first()).toBeVisible();
    await expect(b.getByText("The harbour of Orvane")).toHaveCount(0);
    // A foreign address looks exactly as one that leads nowhere.
    const seen: string[] = [];
    for (const id of [harbour, "0198c1f4-6e1a-7bd3-9a4e-1f2d3c4b5a69"]) {
      await b.goto(`${shared.address}/read/${id}`);
      const heading = b.getByRole("heading").first();
      await expect(heading).toBeVisible();
      seen.push(((await b.locator("main").textContent()) ?? "").replaceAll(id, "ID"));
    }
    expect(seen[0]).toBe(seen[1]);
    await b.goto(`${shared.address}/search?q=lighthouse`);
    await expect(b.getByText("Sela Marrow")).toHaveCount(0);
    await a.goto(`${shared.address}/read/${garden}`);
    await expect(a.getByText("Ivo Brandt")).toHaveCount(0);
  } finally {
    await ours.close();
    await theirs.close();
  }
});
