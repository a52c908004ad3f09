import { join } from "node:path";
import { defineConfig } from "@playwright/test";

const output = process.env.ALEXANDRIA_TEST_OUTPUT ?? "output";

const TIMED = ["load.spec.ts", "book.spec.ts", "shelf.spec.ts", "lighthouse.spec.ts"];

export default defineConfig({
  testDir: ".",
  outputDir: join(output, "results"),
  snapshotPathTemplate: "{testDir}/pictures/{arg}{ext}",
  fullyParallel: true,
  workers: 2,
  // What is timed has the machine to itself, without a recorder: scripts/test-web runs it after the others.
  projects: [
    { name: "pages", testIgnore: TIMED },
    { name: "timed", testMatch: TIMED, use: { trace: "off" } },
  ],
  retries: 0,
  timeout: 60_000,
  forbidOnly: true,
  reporter: [["list"], ["html", { outputFolder: join(output, "report"), open: "never" }]],
  expect: {
    timeout: 10_000,
  },
  use: {
    locale: "en-GB",
    timezoneId: "UTC",
    viewport: { width: 1280, height: 800 },
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.ALEXANDRIA_CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--font-render-hinting=none",
      ],
    },
  },
});
