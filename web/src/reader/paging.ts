/** Where pages lie below one another, at the size they are shown in; all of it plain arithmetic. */

/** The size of a page in points, as it is shown. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The sizes of pages as the server tells them: each holds from its page on, up to the next one's. */
export interface SizeRun extends Size {
  readonly first: number;
}

/** How large pages are shown: fitting, or so many percent. */
export type Zoom = "auto" | "width" | "page" | number;

/** The room that there is for a page, in pixels. */
export type Room = Size;

/** Pages below one another. */
export interface Paging {
  /** Pixels in a point, for each page. */
  readonly scales: Float64Array;
  /** Where each page begins, in pixels from the top; one more than pages, the last being the end. */
  readonly tops: Float64Array;
  readonly sizes: readonly Size[];
}

/** A place on a page: the page, counted from 1, and how far down it, from 0 to 1. */
export interface PagePlace {
  readonly page: number;
  readonly share: number;
}

/** Pixels between pages. */
export const GAP = 16;
/** At 100 % a point is 1/72 of an inch of 96 pixels. */
const PIXELS_A_POINT = 96 / 72;
/** A page that fits by itself does not grow beyond this width, in pixels: lines too long tire. */
const AUTO_WIDTH_MAX = 980;
export const ZOOM_MIN = 0.25;
export const ZOOM_MAX = 5;
const STEPS = [0.25, 0.33, 0.5, 0.67, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4, 5];

/** The size of each page. */
export function expand(count: number, runs: readonly SizeRun[]): Size[] {
  const sizes: Size[] = [];
  let run = 0;
  for (let page = 1; page <= count; page += 1) {
    while ((runs[run + 1]?.first ?? Number.POSITIVE_INFINITY) <= page) run += 1;
    const { width, height } = runs[run] ?? { width: 612, height: 792 };
    sizes.push({ width, height });
  }
  return sizes;
}

/** Pixels in a point for a page of some size. */
export function scaleOf(zoom: Zoom, size: Size, room: Room): number {
  const width = Math.max(80, room.width) / Math.max(1, size.width);
  const height = Math.max(80, room.height) / Math.max(1, size.height);
  if (zoom === "width") return width;
  if (zoom === "page") return Math.min(width, height);
  if (zoom === "auto") return Math.min(width, AUTO_WIDTH_MAX / Math.max(1, size.width));
  return zoom * PIXELS_A_POINT;
}

/** The percentage that a scale is. */
export function percentOf(scale: number): number {
  return scale / PIXELS_A_POINT;
}

/** The next step of zoom, larger or smaller. */
export function stepped(percent: number, direction: 1 | -1): number {
  const near = 0.01;
  const found =
    direction > 0
      ? STEPS.find((step) => step > percent + near)
      : STEPS.findLast((step) => step < percent - near);
  return found ?? (direction > 0 ? ZOOM_MAX : ZOOM_MIN);
}

/** Lays pages out below one another. */
export function layOut(sizes: readonly Size[], zoom: Zoom, room: Room): Paging {
  const scales = new Float64Array(sizes.length);
  const tops = new Float64Array(sizes.length + 1);
  let top = GAP;
  sizes.forEach((size, at) => {
    const scale = scaleOf(zoom, size, room);
    scales[at] = scale;
    tops[at] = top;
    top += Math.round(size.height * scale) + GAP;
  });
  tops[sizes.length] = top;
  return { scales, tops, sizes };
}

/** The height of a page, in pixels. */
export function heightOf(paging: Paging, page: number): number {
  return (paging.tops[page] ?? 0) - (paging.tops[page - 1] ?? 0) - GAP;
}

/** The width of a page, in pixels. */
export function widthOf(paging: Paging, page: number): number {
  return Math.round((paging.sizes[page - 1]?.width ?? 0) * (paging.scales[page - 1] ?? 0));
}

/** The page that a height lies on, or the one before where it lies between two. */
export function pageAt(paging: Paging, y: number): number {
  let low = 0;
  let high = paging.sizes.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((paging.tops[middle] ?? 0) <= y) low = middle;
    else high = middle - 1;
  }
  return low + 1;
}

/** The place at a height. */
export function placeAt(paging: Paging, y: number): PagePlace {
  const page = pageAt(paging, y);
  const share = (y - (paging.tops[page - 1] ?? 0)) / Math.max(1, heightOf(paging, page));
  return { page, share: Math.min(1, Math.max(0, share)) };
}

/** The height of a place. */
export function topOf(paging: Paging, place: PagePlace): number {
  const page = Math.min(Math.max(1, place.page), paging.sizes.length);
  return (paging.tops[page - 1] ?? 0) + place.share * heightOf(paging, page);
}

/** The first and last page that touch a stretch of heights, with some more on either side. */
export function between(
  paging: Paging,
  top: number,
  bottom: number,
  more: number,
): [number, number] {
  const count = paging.sizes.length;
  return [Math.max(1, pageAt(paging, top) - more), Math.min(count, pageAt(paging, bottom) + more)];
}
