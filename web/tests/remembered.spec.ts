/** What is remembered is found again: conversations by what was said in them, measurements by their lines over time. */
import AxeBuilder from "@axe-core/playwright";
import { expect, type Program, test } from "./program";
import { HARBOUR } from "./texts";

async function post(program: Program, path: string, body: object): Promise<{ id: string }> {
  const response = await fetch(`${program.address}${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.ok, `${path}: ${response.status}`).toBe(true);
  return response.json();
}

test("a conversation is found by a word of an answer", async ({ page, program }) => {
  test.setTimeout(90_000);
  await program.add("harbour.md", HARBOUR);
  for (const title of ["About lights", "About nothing"]) {
    const { id } = await post(program, "/api/v1/conversations", { title });
    if (title === "About lights") {
      const question = "Who built the lighthouse of Orvane?";
      await post(program, "/api/v1/ask", { question, conversation_id: id });
    }
  }
  await page.goto(`${program.address}/ask`);
  const list = page.getByRole("navigation", { name: "Conversations" });
  await expect(list.getByRole("link")).toHaveCount(2);
  const box = page.getByRole("searchbox", { name: "Search conversations" });
  await box.fill("marrow LIGHTS");
  await expect(list.getByRole("link")).toHaveCount(1);
  await expect(list.getByRole("link", { name: "About lights" })).toContainText("Sela Marrow");
  await box.fill("submarine");
  await expect(page.getByText("No conversation has these words.")).toBeVisible();
  await box.fill("");
  await expect(list.getByRole("link")).toHaveCount(2);
});

test("measurements are drawn over time and can be removed", async ({ page, program }) => {
  test.setTimeout(90_000);
  for (const value of [0.5, 0.75]) {
    await post(program, "/api/v1/evaluations", {
      name: "nightly",
      kind: "questions",
      digest: "a",
      way: "extractive",
      version: "1.2.3",
      asked: 40,
      measures: { answered: { value, low: value - 0.1, high: value + 0.1 }, p95_ms: { value: 12 } },
    });
  }
  await page.goto(`${program.address}/admin/quality?view=evaluations`);
  const answered = page.getByRole("figure", { name: "Answered" });
  await expect(answered.locator("svg .recharts-line-dot")).toHaveCount(2);
  await expect(answered.getByRole("row").last()).toContainText(/75%.*65% – 85%.*1\.2\.3/);
  await expect(page.getByRole("figure", { name: "95 of 100 are done within" })).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map((one) => one.id)).toEqual([]);
  const kept = page.getByRole("table", { name: "Measurements" });
  await kept
    .getByRole("button", { name: /^Remove what was measured/ })
    .first()
    .click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await expect(answered.locator("svg .recharts-line-dot")).toHaveCount(1);
  const response = await fetch(`${program.address}/api/v1/evaluations`);
  const { items } = await response.json();
  expect(items.map((one: { measures: object }) => one.measures)).toMatchObject([
    { answered: { value: 0.5 } },
  ]);
});
