/** Whether somebody wants things to stand still. The style sheet sees to what it moves; this is for what scripts move. */
export function isStill(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
