/** What has to stand still for a picture to be the same tomorrow and elsewhere: time, sizes, versions, fonts. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Browser, BrowserContext, BrowserContextOptions } from "@playwright/test";

/** When the pictures are taken, and when everything in them has happened. */
const NOW = "2026-01-15T09:31:00Z";
const BEFORE = "2026-01-15T09:30:00Z";
/** The families that scripts/install-browser installs. */
const FAMILIES = ["DejaVu Sans", "DejaVu Serif", "DejaVu Sans Mono"] as const;
const STYLE = `
  html, body { font-family: "DejaVu Sans" !important }
  .font-serif { font-family: "DejaVu Serif" !important }
  .font-mono, code, pre { font-family: "DejaVu Sans Mono" !important }
`;

/** With what pictures are drawn: others draw the same page otherwise. */
export function drawnWith(browser: Browser): string {
  const digest = createHash("sha256");
  for (const family of FAMILIES) {
    try {
      const file = execFileSync("fc-match", ["-f", "%{file}", family], { encoding: "utf8" });
      digest.update(readFileSync(file));
    } catch {
      digest.update(`no ${family}`);
    }
  }
  return `Chromium ${browser.version()} on ${process.arch}, fonts ${digest.digest("hex").slice(0, 16)}\n`;
}

/** A browser in which nothing moves and no time passes. */
export async function still(
  browser: Browser,
  options: BrowserContextOptions & { theme: "light" | "dark" },
): Promise<BrowserContext> {
  const { theme, ...rest } = options;
  const context = await browser.newContext({
    ...rest,
    deviceScaleFactor: 1,
    reducedMotion: "reduce",
    // Its requests would go past what is changed below.
    serviceWorkers: "block",
  });
  await context.clock.setFixedTime(NOW);
  await context.addInitScript(
    ([shade, style]) => {
      localStorage.setItem("alexandria.theme", shade);
      localStorage.setItem("alexandria.language", "en");
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      document.adoptedStyleSheets = [sheet];
    },
    [theme, STYLE] as const,
  );
  // Files and pictures come as they are.
  const isTold = (url: URL) =>
    /^\/(api\/v1|healthz)\b/.test(url.pathname) &&
    !/\/(original|cover|picture)$/.test(url.pathname);
  await context.route(isTold, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: frozen(await response.text()) });
  });
  return context;
}

/** A reply without what differs from run to run. */
function frozen(body: string): string {
  return body
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, BEFORE)
    .replace(/("\w*_ms":\s*)[\d.]+/g, "$13")
    .replace(/"(latencies|timings)_ms":\s*\{[^}]*/g, (each) => each.replace(/(:\s*)[\d.]+/g, "$13"))
    .replace(/("(?:originals|catalog|indexes)":\s*)\d+/g, "$120480")
    .replace(/("version":\s*)"[^"]*"/g, '$1"1.0.0"');
}
