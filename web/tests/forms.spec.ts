/** Every page in the forms that people need it in: narrow, wide, mirrored, still, in other words, installed. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "@playwright/test";
import { filled, type Holdings, open, places, signedIn } from "./pages";
import { expect, Program, test } from "./program";

const LANGUAGES = { de: "Deutsch", es: "Español", fr: "Français", zh: "中文", en: "English" };
const WORDS = join(import.meta.dirname, "../src/words");
/** The most characters in a line of prose that still reads well. */
const LINE_CHARACTERS_MAX = 120;
/** What takes longer than this is seen to move. */
const MOMENT_MS = 50;

// They stay in one worker: it is one library, which none of them changes.
test.describe.configure({ mode: "default" });
test.setTimeout(240_000);
let library: Program;
let holdings: Holdings;
test.beforeAll(async ({ browser }) => {
  library = await Program.start({}, "owner@example.org");
  holdings = await filled(library, browser);
});
test.afterAll(() => library.remove());

/** Walks through all pages; `look` gives what is wrong on one of them. */
async function walk(page: Page, look: () => Promise<string[]>): Promise<string[]> {
  const wrong: string[] = [];
  await signedIn(page.context(), holdings);
  for (const place of places(holdings)) {
    await open(page, library.address, place);
    wrong.push(...(await look()).map((one) => `${place.path}: ${one}`));
  }
  return wrong;
}

/** Looks again for a while: what is drawn anew after a change may not have its form yet. */
async function atRest(look: () => Promise<string[]>): Promise<string[]> {
  const until = Date.now() + 2_000;
  for (;;) {
    const found = await look();
    if (found.length === 0 || Date.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Writes the page from left to right or from right to left. */
async function write(page: Page, dir: "ltr" | "rtl"): Promise<void> {
  await page.evaluate((to) => {
    document.documentElement.dir = to;
  }, dir);
}

/** What does not fit: the page wider than its window, words cut off without a sign, things outside. */
function misfits(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth) found.push(`${page.scrollWidth - innerWidth} px too wide`);
    const name = (element: Element) =>
      `<${element.tagName.toLowerCase()}> “${(element.textContent ?? "").trim().slice(0, 40)}”`;
    for (const element of document.body.querySelectorAll("*")) {
      const style = getComputedStyle(element);
      const box = element.getBoundingClientRect();
      // What is for screen readers alone is one pixel large.
      if (box.width <= 1 || box.height <= 1 || style.visibility === "hidden") continue;
      const isHeld = (outer: Element | null): boolean =>
        outer !== null &&
        (getComputedStyle(outer).overflowX !== "visible" || isHeld(outer.parentElement));
      const isOutside = box.left < -1 || box.right > innerWidth + 1;
      if (isOutside && !isHeld(element.parentElement))
        found.push(`${name(element)} stands outside`);
      const hidden = /hidden|clip/.test(style.overflowX);
      const signed = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
      const hasText = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && node.textContent?.trim(),
      );
      if (hidden && hasText && !signed && element.scrollWidth > element.clientWidth + 1) {
        found.push(`${name(element)} is cut off`);
      }
    }
    return found;
  });
}

/** Lines that are too long to read, and controls that are as wide as a wall. */
function stretched(page: Page): Promise<string[]> {
  return page.evaluate((most) => {
    const found: string[] = [];
    for (const element of document.body.querySelectorAll("p, li, dd, blockquote")) {
      for (const node of element.childNodes) {
        if (node.nodeType !== Node.TEXT_NODE) continue;
        const range = document.createRange();
        range.selectNodeContents(node);
        // A letter is about half as wide as it is high.
        const letter = Number.parseFloat(getComputedStyle(element).fontSize) / 2;
        const widest = Math.max(0, ...[...range.getClientRects()].map((box) => box.width));
        if (widest / letter > most) {
          found.push(
            `a line of ${Math.round(widest / letter)}: “${node.textContent?.slice(0, 40)}”`,
          );
        }
      }
    }
    for (const element of document.body.querySelectorAll("input, select, textarea")) {
      const { width } = element.getBoundingClientRect();
      if (width > most * 10) found.push(`a box of ${Math.round(width)} px`);
    }
    return found;
  }, LINE_CHARACTERS_MAX);
}

test("every page fits into 320 px from either side, and is not stretched over 3840", async ({
  page,
}) => {
  const wrong = await walk(page, async () => {
    const found: string[] = [];
    await page.setViewportSize({ width: 3840, height: 2160 });
    found.push(...(await atRest(() => misfits(page))), ...(await stretched(page)));
    await page.setViewportSize({ width: 320, height: 640 });
    for (const dir of ["ltr", "rtl"] as const) {
      await write(page, dir);
      found.push(...(await atRest(() => misfits(page))).map((one) => `${dir}: ${one}`));
    }
    return found;
  });
  expect(wrong).toEqual([]);
});

test("from right to left the page is mirrored", async ({ page }) => {
  await signedIn(page.context(), holdings);
  await page.goto(`${library.address}/library?document=${holdings.text}`);
  const navigation = page.getByRole("navigation", { name: "Pages" }).first();
  const drawer = page.getByRole("dialog");
  const title = page.getByRole("heading", { level: 1, includeHidden: true });
  await expect(drawer).toBeVisible();
  const order = async () => {
    const boxes = await Promise.all([navigation, title, drawer].map((one) => one.boundingBox()));
    return boxes.map((box) => box?.x ?? Number.NaN);
  };
  const rising = ([one = 0, two = 0, three = 0]: number[]) => one < two && two < three;
  await expect.poll(async () => rising(await order())).toBe(true);
  await write(page, "rtl");
  await expect.poll(async () => rising((await order()).reverse())).toBe(true);
  // Titles are read in their own direction: in Latin letters from the left.
  const direction = await page
    .getByText("The garden of Velm")
    .first()
    .evaluate((element) => getComputedStyle(element).direction);
  expect(direction).toBe("ltr");
});

for (const [motion, moves] of [
  ["no-preference", true],
  ["reduce", false],
] as const) {
  test(`with motion “${motion}”, ${moves ? "things move" : "nothing moves"}`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: motion });
    // Looks in every frame for what moves, and remembers the longest.
    await page.addInitScript(() => {
      const seen = { longest: 0 };
      Object.assign(globalThis, { seen });
      const look = () => {
        for (const animation of document.getAnimations()) {
          const end = Number(animation.effect?.getComputedTiming().endTime ?? 0);
          seen.longest = Math.max(seen.longest, end);
        }
        requestAnimationFrame(look);
      };
      look();
    });
    const longest = () =>
      page.evaluate(() => (globalThis as unknown as { seen: { longest: number } }).seen.longest);
    await signedIn(page.context(), holdings);
    let most = 0;
    await page.goto(`${library.address}/ask?question=${encodeURIComponent("Who was Ivo Brandt?")}`);
    const citation = page.getByRole("button", { name: /^Source 1, / }).first();
    await expect(citation).toBeVisible({ timeout: 20_000 });
    await citation.click();
    await expect(page.getByTestId("mark").first()).toBeAttached({ timeout: 20_000 });
    most = Math.max(most, await longest());
    await page.goto(`${library.address}/library`);
    await page.getByRole("button", { name: "Put documents in" }).first().click();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /account, appearance/ }).click();
    await page.keyboard.press("Escape");
    await page.goto(`${library.address}/library?document=${holdings.text}`);
    await expect(page.getByRole("dialog")).toBeVisible();
    most = Math.max(most, await longest());
    if (moves) expect(most).toBeGreaterThan(MOMENT_MS);
    else expect(most).toBeLessThanOrEqual(MOMENT_MS);
  });
}

/** The words of a language by their keys, of all areas. */
function catalogue(language: string): Map<string, string> {
  const files = readdirSync(join(WORDS, language));
  return new Map(
    files.flatMap((file) => {
      const words = JSON.parse(readFileSync(join(WORDS, language, file), "utf8"));
      return Object.entries(words as Record<string, string>).map(
        ([key, value]) => [`${file}:${key}`, value] as const,
      );
    }),
  );
}

const english = catalogue("en");

/** English words that another language does not have at all: they are not seen while it is spoken. */
function foreign(language: string): string[] {
  const words = new Set(catalogue(language).values());
  return [...english.values()].filter((text) => !words.has(text) && !text.includes("{{"));
}

/** Names of words, which nobody sees unless a word is missing. */
const names = [...english.keys()]
  .map((key) => key.replace(/^.*?:/, ""))
  .filter((key) => /[a-z][A-Z._]/.test(key));

/** What is said in the wrong words. */
function missaid(page: Page, language: string): Promise<string[]> {
  return page.evaluate(
    ([names, others, spoken]) => {
      const said: string[] = [document.title.replace(/ · Alexandria$/, "")];
      for (const element of document.body.querySelectorAll("*")) {
        // Languages are called by their own names, settings and keys the same in all languages.
        if (element.closest("[lang]") !== document.documentElement) continue;
        if (element.closest("code, pre, .font-mono")) continue;
        for (const attribute of ["aria-label", "title", "placeholder", "alt"]) {
          said.push(element.getAttribute(attribute) ?? "");
        }
        for (const node of element.childNodes) {
          if (node.nodeType === Node.TEXT_NODE) said.push(node.textContent ?? "");
        }
      }
      const found: string[] = [];
      for (const word of new Set(said.map((one) => one.trim()))) {
        if (/\{\{|\}\}/.test(word)) found.push(`${spoken}: a gap in “${word}”`);
        if (names.includes(word)) found.push(`${spoken}: the name “${word}”`);
        if (others.includes(word)) found.push(`${spoken}: “${word}” is English`);
      }
      return found;
    },
    [names, language === "en" ? [] : foreign(language), language] as const,
  );
}

test("every page speaks each language, and changes it where it stands", async ({ page }) => {
  const wrong = await walk(page, async () => {
    const found: string[] = [];
    const choice = page.locator("footer select").first();
    for (const [language, name] of Object.entries(LANGUAGES)) {
      const menu = page.locator("header button[aria-haspopup=menu]").first();
      if (await menu.isVisible()) {
        await menu.click();
        await page.getByRole("menuitemradio", { name }).click();
      } else if ((await choice.count()) > 0) {
        await choice.selectOption(language);
      } else {
        // A page that is none has no menu: it speaks what was chosen before.
        await page.evaluate((to) => localStorage.setItem("alexandria.language", to), language);
        await page.reload();
      }
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      found.push(...(await missaid(page, language)));
    }
    return found;
  });
  expect(wrong).toEqual([]);
});

test("a browser can install it", async () => {
  // Only a browser with a profile of its own offers that.
  const { executablePath, args } = test.info().project.use.launchOptions ?? {};
  const context: BrowserContext = await chromium.launchPersistentContext(
    test.info().outputPath("profile"),
    { ...(executablePath && { executablePath }), ...(args && { args }) },
  );
  try {
    const page = await context.newPage();
    await page.goto(`${library.address}/sign-in`);
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    const session = await context.newCDPSession(page);
    const { errors, data } = await session.send("Page.getAppManifest");
    expect(errors).toEqual([]);
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    expect(installabilityErrors).toEqual([]);
    const manifest: {
      start_url: string;
      icons: { src: string; type: string; sizes: string; purpose?: string }[];
      shortcuts: { url: string }[];
    } = JSON.parse(data ?? "");
    expect(manifest.icons.some(({ purpose }) => purpose === "maskable")).toBe(true);
    // Each icon is a picture of the size and kind that the manifest says.
    for (const icon of manifest.icons) {
      const got = await page.evaluate(async (src) => {
        const image = new Image();
        image.src = src;
        await image.decode();
        const type = (await fetch(src)).headers.get("Content-Type") ?? "";
        return { type, sizes: `${image.naturalWidth}x${image.naturalHeight}` };
      }, icon.src);
      expect(got.type).toContain(icon.type);
      if (icon.sizes !== "any") expect(got.sizes).toBe(icon.sizes);
    }
    for (const { url } of [{ url: manifest.start_url }, ...manifest.shortcuts]) {
      const reply = await page.request.get(`${library.address}${url}`);
      expect(reply.headers()["content-type"], url).toContain("text/html");
    }
  } finally {
    await context.close();
  }
});
