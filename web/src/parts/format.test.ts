import { afterEach, expect, it, vi } from "vitest";
import { formats, localeOf } from "./format";

afterEach(() => vi.restoreAllMocks());

const speaks = (...tags: string[]) => vi.spyOn(navigator, "languages", "get").mockReturnValue(tags);

it("writes dates as they are written where somebody lives", () => {
  speaks("de-CH", "en-GB", "en");
  expect(localeOf("en")).toBe("en-GB");
  expect(formats("en").date("2026-11-22T12:00:00Z")).toBe("22 Nov 2026");
});

it("keeps to the language itself where the browser speaks another", () => {
  speaks("en-US");
  expect(localeOf("fr")).toBe("fr");
});
