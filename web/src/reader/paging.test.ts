import { describe, expect, it } from "vitest";
import {
  between,
  expand,
  GAP,
  heightOf,
  layOut,
  pageAt,
  placeAt,
  scaleOf,
  stepped,
  topOf,
  widthOf,
} from "./paging";

const A4 = { width: 595, height: 842 };
const WIDE = { width: 842, height: 595 };

describe("paging", () => {
  it("repeats each size up to the next", () => {
    const sizes = expand(4, [
      { first: 1, ...A4 },
      { first: 3, ...WIDE },
      { first: 4, ...A4 },
    ]);
    expect(sizes).toEqual([A4, A4, WIDE, A4]);
  });

  it("fits pages into the room there is", () => {
    const room = { width: 1190, height: 421 };
    expect(scaleOf("width", A4, room)).toBe(2);
    expect(scaleOf("page", A4, room)).toBe(0.5);
    expect(scaleOf("auto", A4, { width: 300, height: 900 })).toBeCloseTo(300 / 595);
    expect(scaleOf("auto", A4, { width: 4000, height: 900 }) * 595).toBeCloseTo(980);
    expect(scaleOf(1.5, A4, room)).toBeCloseTo(2);
  });

  it("finds pages by height and heights by page", () => {
    const paging = layOut([A4, WIDE, A4], 0.75, { width: 900, height: 900 });
    expect(heightOf(paging, 2)).toBe(595);
    expect(widthOf(paging, 2)).toBe(842);
    expect(pageAt(paging, 0)).toBe(1);
    expect(pageAt(paging, GAP + 842 + GAP)).toBe(2);
    expect(pageAt(paging, 1e9)).toBe(3);
    for (const place of [
      { page: 1, share: 0 },
      { page: 2, share: 0.5 },
      { page: 3, share: 1 },
    ]) {
      const found = placeAt(paging, topOf(paging, place));
      expect(found.page).toBe(place.page);
      expect(found.share).toBeCloseTo(place.share);
    }
    expect(between(paging, 0, 100, 1)).toEqual([1, 2]);
    expect(topOf(paging, { page: 99, share: 0 })).toBe(topOf(paging, { page: 3, share: 0 }));
  });

  it("holds a place when the zoom changes", () => {
    const sizes = Array.from({ length: 1000 }, (_, at) => (at % 7 === 0 ? WIDE : A4));
    const room = { width: 800, height: 600 };
    const before = placeAt(layOut(sizes, "width", room), 400_000);
    const after = layOut(sizes, 3, room);
    expect(placeAt(after, topOf(after, before)).page).toBe(before.page);
  });

  it("steps through the zooms and stops at the ends", () => {
    expect(stepped(1, 1)).toBe(1.1);
    expect(stepped(1.03, -1)).toBe(1);
    expect(stepped(5, 1)).toBe(5);
    expect(stepped(0.25, -1)).toBe(0.25);
  });
});
