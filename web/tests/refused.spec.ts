/** Files that cannot be read or are not taken: each is named with what is wrong, and with a remedy that works. */
import { choose, entry, putIn, signIn, tray } from "./hands";
import { expect, Program, test } from "./program";
import { made } from "./samples";
import { GARDEN, HARBOUR, real } from "./texts";

const ENCRYPTED = real(
  "documents/py-pdf-sample-files/005-libreoffice-writer-password/libreoffice-writer-password.pdf",
);
const OWNER = "owner@example.org";

test("each file that is not read or not taken says why, and can be replaced", async ({ page }) => {
  test.setTimeout(120_000);
  const program = await Program.start({
    ALEXANDRIA_EMBEDDER: "off",
    ALEXANDRIA_UPLOAD_BYTES_MAX: "50000",
  });
  try {
    const documents = async () => {
      const reply = await fetch(`${program.address}/api/v1/documents?limit=50`);
      return (await reply.json()).items as { name: string; state: string }[];
    };
    await page.goto(`${program.address}/library`);
    await putIn(page, [made.text("harbour.md", HARBOUR)]);
    await expect(entry(page, "harbour.md")).toContainText("Ready", { timeout: 30_000 });
    await putIn(page, [
      made.broken,
      made.zip,
      made.text("again.md", HARBOUR),
      made.text("large.txt", "Herring. ".repeat(7_000)),
      made.text("empty.txt", ""),
      ...(ENCRYPTED ? [ENCRYPTED] : []),
    ]);
    const large = entry(page, "large.txt");
    await expect(large).toContainText("It has 63 kB, and this library takes at most 50 kB a file.");
    await expect(large.getByRole("button", { name: /again$/ })).toHaveCount(0);
    await expect(entry(page, "empty.txt")).toContainText("There is nothing in this file.");
    const broken = entry(page, "broken.pdf");
    await expect(broken).toContainText("Damaged.", { timeout: 30_000 });
    await expect(broken).toContainText("no page of it can be found");
    await expect(entry(page, "boats.zip")).toContainText("Not a kind that is read.");
    if (ENCRYPTED) {
      const locked = entry(page, ENCRYPTED.name);
      await expect(locked).toContainText("Needs a password.");
      await expect(
        locked.getByRole("button", { name: "Put in a copy without a password" }),
      ).toBeVisible();
    }

    // What is there already is pointed out, and shown.
    const again = entry(page, "again.md");
    await expect(again).toContainText("Already there, in “Library”.");
    await again.getByRole("link", { name: "Show it" }).click();
    const details = page.getByRole("dialog", { name: "Details" });
    await expect(details.getByText("The harbour of Orvane").first()).toBeVisible();
    await page.keyboard.press("Escape");

    // The library names what could not be read as well, with the same remedy.
    await page.goto(`${program.address}/library?view=list&state=failed`);
    const row = page.getByRole("row").filter({ hasText: "broken" });
    await expect(row).toContainText("Not read");
    await row.focus();
    await page.keyboard.press("i");
    await expect(details).toContainText("no page of it can be found");
    await choose(page, details.getByRole("button", { name: "Put in a sound copy" }), [
      made.text("garden.md", GARDEN),
    ]);
    await page.keyboard.press("Escape");
    await expect(entry(page, "garden.md")).toContainText("Ready", { timeout: 30_000 });
    await expect(page.getByText("“broken” was removed.")).toBeVisible();
    await expect(row).toHaveCount(0);
    // What is left to be undone is done when the page is left.
    await page.close();
    await expect
      .poll(async () => (await documents()).map(({ name }) => name), { timeout: 20_000 })
      .not.toContain("broken.pdf");
    expect((await documents()).find(({ name }) => name === "garden.md")).toBeDefined();
  } finally {
    await program.remove();
  }
});

test("faults of single pages are told by page, and lead there", async ({ page }) => {
  const program = await Program.start({ ALEXANDRIA_EMBEDDER: "off", ALEXANDRIA_OCR: "off" });
  try {
    await page.goto(`${program.address}/library`);
    await putIn(page, [made.halfScanned]);
    const file = entry(page, "half-scanned.pdf");
    await expect(file).toContainText("One fault", { timeout: 30_000 });
    await expect(file).toContainText("No words found.");
    await expect(file).toContainText(/tesseract/);
    await file.getByRole("link", { name: "Page 2" }).click();
    await expect(page).toHaveURL(/page=2/);
    const sheet = page.getByRole("group", { name: "Page 2 of 2" });
    await expect(sheet.getByRole("note")).toContainText("No words found.");
    await expect(sheet.getByRole("note")).toBeInViewport();
  } finally {
    await program.remove();
  }
});

test("a full library says so, and takes the file when there is room", async ({ page, shared }) => {
  const token = await shared.token(OWNER);
  const allow = async (documents: number) => {
    const reply = await fetch(`${shared.address}/api/v1/tenants/default`, {
      method: "PATCH",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ quotas: { documents } }),
    });
    expect(reply.status).toBe(200);
  };
  await allow(1);
  await page.goto(shared.address);
  await signIn(page, OWNER);
  await expect(page).toHaveURL(/\/library/);
  await putIn(page, [made.text("harbour.md", HARBOUR)]);
  await expect(entry(page, "harbour.md")).toContainText(/Searchable|Ready/, { timeout: 30_000 });
  await putIn(page, [made.text("garden.md", GARDEN)]);
  const garden = entry(page, "garden.md");
  await expect(garden).toContainText("There is no room for it");
  await garden.getByRole("link", { name: "Make room" }).click();
  await expect(page).toHaveURL(/order=largest/);
  await allow(2);
  await garden.getByRole("button", { name: "Try “garden.md” again" }).click();
  await expect(garden).toContainText(/Searchable|Ready/, { timeout: 30_000 });
});

test("what is being read is in the tray after a reload, and goes on", async ({ page }) => {
  // Nobody reads at first, as when many others are before one.
  const program = await Program.start({ ALEXANDRIA_EMBEDDER: "off", ALEXANDRIA_ROLE: "api" });
  try {
    await page.goto(`${program.address}/library`);
    await putIn(page, [made.text("harbour.md", HARBOUR)]);
    const file = entry(page, "harbour.md");
    await expect(file).toContainText("Waiting to be read");
    await page.reload();
    await expect(file).toContainText("Waiting to be read");
    await program.end();
    program.settings.ALEXANDRIA_ROLE = "all";
    await program.begin();
    await expect(file).toContainText("Ready", { timeout: 45_000 });
    // What is ready needs no place there any more.
    await page.reload();
    await expect(page.getByText("The harbour of Orvane").first()).toBeVisible();
    await expect(tray(page)).toHaveCount(0);
  } finally {
    await program.remove();
  }
});
