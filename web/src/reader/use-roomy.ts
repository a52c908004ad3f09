import { type RefObject, useLayoutEffect, useState } from "react";

/** From this width on, in pixels, a panel stands beside the text. */
const ROOMY_PX = 900;

/** Whether an element has room for a panel beside its text. */
export function useRoomy(root: RefObject<HTMLElement | null>): boolean {
  const [roomy, setRoomy] = useState(false);
  useLayoutEffect(() => {
    const element = root.current;
    if (!element) return;
    const measure = () => setRoomy(element.clientWidth >= ROOMY_PX);
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [root]);
  return roomy;
}
