/** From an empty library to a cited answer, and what becomes of an answer when the connection goes. */

import { expect, Program, test, watch } from "./program";
import { HARBOUR, real } from "./texts";
import { wire } from "./wire";
import { writer } from "./writer";

const QUESTION = "Who built the lighthouse of Orvane?";
/** What the slow writer says: two sentences that the text supports. */
const WRITTEN =
  "The lighthouse of Orvane was built by Sela Marrow in 1874. [1] It stands on the northern mole and is 41 metres high. [1]";
/** The words of a quote as they can be compared: without what lines and layout add. */
const plain = (text: string) => text.replace(/\s+/g, " ").trim();

test("from an empty library to a cited answer whose very words are marked", async ({
  page,
  program,
}) => {
  const said = watch(page);
  await page.goto(program.address);
  await expect(page).toHaveURL(/\/library/);
  await page.getByRole("button", { name: "Put documents in" }).first().click();
  const chosen = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Choose files" }).click();
  await (await chosen).setFiles({
    name: "harbour.md",
    mimeType: "text/markdown",
    buffer: Buffer.from(HARBOUR),
  });
  await expect(page.getByText("The harbour of Orvane").first()).toBeVisible({ timeout: 30_000 });
  await page.getByRole("link", { name: "Ask", exact: true }).first().click();
  const box = page.getByRole("textbox", { name: "Ask your library a question" });
  await box.fill(QUESTION);
  await box.press("Enter");
  const citation = page.getByRole("button", { name: /^Source 1, / }).first();
  await expect(citation).toBeVisible({ timeout: 20_000 });
  const quote = /“(.*)”/s.exec((await citation.getAttribute("aria-label")) ?? "")?.[1] ?? "";
  expect(quote).toContain("Sela Marrow");
  await citation.click();
  const marks = page.getByTestId("mark");
  await expect(marks.first()).toBeVisible();
  expect(plain((await marks.allTextContents()).join(" "))).toBe(plain(quote));
  // The conversation has an address and is there after a reload.
  await expect(page).toHaveURL(/\/ask\/[0-9a-f-]{36}/);
  await page.reload();
  await expect(page.getByRole("button", { name: /^Source 1, / }).first()).toBeVisible();
  expect(said).toEqual([]);
});

test("a citation of a real report marks its words on its page", async ({ page, program }) => {
  const report = real("qa/sec10q/docs/2023 Q1 AAPL.pdf");
  test.skip(!report, "the real reports are not here");
  test.setTimeout(120_000);
  await program.add(report?.name ?? "", report?.buffer ?? Buffer.alloc(0));
  await page.goto(
    `${program.address}/ask?question=${encodeURIComponent("What were total net sales of Apple in the quarter?")}`,
  );
  const citation = page.getByRole("button", { name: /^Source 1, / }).first();
  await expect(citation).toBeVisible({ timeout: 30_000 });
  const quote = /“(.*)”/s.exec((await citation.getAttribute("aria-label")) ?? "")?.[1] ?? "";
  await citation.click();
  const marks = page.getByTestId("mark");
  await expect(marks.first()).toBeVisible({ timeout: 20_000 });
  expect(plain((await marks.allTextContents()).join(" "))).toBe(plain(quote));
});

test("what is not in the library is said so, with what comes nearest", async ({
  page,
  program,
}) => {
  await program.add("harbour.md", HARBOUR);
  await page.goto(
    `${program.address}/ask?question=${encodeURIComponent("What is the capital of Mongolia?")}`,
  );
  await expect(page.getByText("Not found in your library.").first()).toBeVisible({
    timeout: 20_000,
  });
});

test("an answer goes on where the network was cut, and nothing comes twice", async ({ page }) => {
  const model = await writer(WRITTEN, 0, "by");
  const program = await Program.start(model.settings);
  const line = await wire(program.address);
  try {
    await program.add("harbour.md", HARBOUR);
    await page.goto(`${line.address}/ask`);
    const box = page.getByRole("textbox", { name: "Ask your library a question" });
    await box.fill(QUESTION);
    await box.press("Enter");
    await expect(page.getByText("was built by").first()).toBeVisible({ timeout: 20_000 });
    line.cut();
    await expect(page.getByText("The connection is gone.").first()).toBeVisible({
      timeout: 15_000,
    });
    model.goOn();
    line.mend();
    await expect(page.getByRole("button", { name: /^Source 1, / }).first()).toBeVisible({
      timeout: 30_000,
    });
    const answer = page.getByRole("article").getByRole("paragraph").first();
    await expect(answer).toHaveText(
      /^The lighthouse of Orvane was built by Sela Marrow in 1874\.\W*1\W*It stands on the northern mole and is 41 metres high\.\W*2$/,
    );
    expect(model.asked()).toBe(1);
  } finally {
    await line.end();
    await program.remove();
    await model.end();
  }
});

test("a server that is killed in mid-answer and comes back gives the answer all the same", async ({
  page,
}) => {
  const model = await writer(WRITTEN, 0, "by");
  const program = await Program.start(model.settings);
  try {
    await program.add("harbour.md", HARBOUR);
    await page.goto(`${program.address}/ask`);
    const box = page.getByRole("textbox", { name: "Ask your library a question" });
    await box.fill(QUESTION);
    await box.press("Enter");
    await expect(page.getByText("was built by").first()).toBeVisible({ timeout: 20_000 });
    await program.end("SIGKILL");
    await expect(page.getByText("The connection is gone.").first()).toBeVisible({
      timeout: 15_000,
    });
    model.goOn();
    await program.begin();
    await expect(page.getByRole("button", { name: /^Source 1, / }).first()).toBeVisible({
      timeout: 45_000,
    });
  } finally {
    await program.remove();
    await model.end();
  }
});
