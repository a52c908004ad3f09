/** How fast something goes, from how much of it was done when. */

/** Nothing is said before so long. */
const SOONEST_MS = 1_500;
/** What was longer ago counts no more. */
const WINDOW_MS = 20_000;

export class Pace {
  #what = "";
  #points: { at: number; done: number }[] = [];

  /** Notes how much is done now; gives so many a second, once that can be said. */
  note(what: string, done: number, now: number): number | undefined {
    const last = this.#points.at(-1);
    if (what !== this.#what || (last && done < last.done)) {
      this.#what = what;
      this.#points = [];
    }
    this.#points.push({ at: now, done });
    while (this.#points.length > 2 && now - (this.#points[0]?.at ?? now) > WINDOW_MS) {
      this.#points.shift();
    }
    const first = this.#points[0];
    if (!first || now - first.at < SOONEST_MS || done <= first.done) return undefined;
    return ((done - first.done) * 1_000) / (now - first.at);
  }
}
