/** Two tenants in two browsers: what the one puts in does not exist for the other. */

import { expect, PASSWORD, test } from "./program";
import { GARDEN, HARBOUR } from "./texts";

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
    await a.getByLabel(/e-?mail/i).fill("owner@example.org");
    await a
      .getByLabel(/password/i)
      .first()
      .fill(PASSWORD);
    await a.getByRole("button", { name: /^sign in$/i }).click();
    await expect(a).toHaveURL(/\/library/);
    await b.goto(`${shared.address}/invitation#token=${invitation}`);
    await b.getByLabel(/name/i).first().fill("Ada Other");
    await b
      .getByLabel(/password/i)
      .first()
      .fill(PASSWORD);
    await b.getByRole("button", { name: /accept|join|begin|start/i }).click();
    await expect(b).toHaveURL(/\/library/);

    const tokens = { a: await shared.token("owner@example.org"), b: await shared.token(other) };
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
