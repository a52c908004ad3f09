/** A list of thousands of documents scrolls as one of ten does. */
import { figure, percentile } from "./figures";
import { expect, Program, test } from "./program";

/** `bench/run` says how many; without it so many as are put in quickly. */
const DOCUMENTS = Number(process.env.ALEXANDRIA_TEST_SHELF ?? 1_000);
const DOCUMENTS_A_CALL = 100;
/** Pixels that a frame moves: in a hurry to the end, and as a wheel does that is turned fast. */
const HURRY_PX = 2_000;
const WHEEL_PX = 120;
const FRAMES = 600;
/** A frame of a screen with sixty in a second, and what the slowest few in a hundred may take. */
const FRAME_MS = 17;
const SLOW_FRAME_MS = 50;
/** Until all are read; a machine with two cores takes about 60 ms for each. */
const READING_MS_MAX = Math.max(600_000, DOCUMENTS * 150);

test("a long list scrolls smoothly", async ({ page }) => {
  test.setTimeout(READING_MS_MAX + 180_000);
  const program = await Program.start({ ALEXANDRIA_EMBEDDER: "off" });
  await fill(program);
  await page.goto(`${program.address}/library?view=list`);
  await page
    .getByRole("row", { name: /Note \d+/ })
    .first()
    .waitFor();
  await page.evaluate(scroll, { step: HURRY_PX, most: Number.MAX_SAFE_INTEGER });
  await expect(page.getByRole("link", { name: "Note 0", exact: true })).toBeInViewport();
  const frames = await page.evaluate(scroll, { step: -WHEEL_PX, most: FRAMES });
  await program.remove();
  const what = `of a list of ${DOCUMENTS.toLocaleString("en")} documents, ${frames.length} frames`;
  figure(`a frame ${what}, the middle`, percentile(frames, 0.5), "ms", { most: FRAME_MS });
  figure(`a frame ${what}, 95 of 100`, percentile(frames, 0.95), "ms", { most: SLOW_FRAME_MS });
});

/** Puts the documents in and waits until each is read. */
async function fill(program: Program): Promise<void> {
  for (let first = 0; first < DOCUMENTS; first += DOCUMENTS_A_CALL) {
    const form = new FormData();
    form.append("collection", "Library");
    for (let at = first; at < first + DOCUMENTS_A_CALL; at += 1) {
      form.append("file", new Blob([`# Note ${at}\n\nThis is number ${at}.`]), `note-${at}.md`);
    }
    const reply = await fetch(`${program.address}/api/v1/documents`, {
      method: "POST",
      body: form,
    });
    expect(reply.status, await reply.clone().text()).toBeLessThan(300);
  }
  const waiting = async () => {
    const { jobs } = await (await fetch(`${program.address}/api/v1/status`)).json();
    return jobs.waiting + jobs.running;
  };
  await expect.poll(waiting, { timeout: READING_MS_MAX, intervals: [1_000] }).toBe(0);
}

/** Scrolls so many frames, or until it goes no further for a while; gives the milliseconds of each. */
async function scroll({ step, most }: { step: number; most: number }): Promise<number[]> {
  const still = 40;
  const frames: number[] = [];
  let last = await new Promise<number>(requestAnimationFrame);
  for (let stood = 0; stood < still && frames.length < most; ) {
    const before = scrollY;
    scrollBy(0, step);
    const now = await new Promise<number>(requestAnimationFrame);
    frames.push(now - last);
    last = now;
    stood = scrollY === before ? stood + 1 : 0;
  }
  return frames;
}
