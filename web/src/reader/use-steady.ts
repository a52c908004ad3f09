/** Keeps a selection where it is while the pointer is dragged over places of a page without words. */
import { type RefObject, useEffect } from "react";

/**
 * The browser takes a point beside all words for the beginning or end of the page, and the selection
 * would leap there. So while something is being selected, an empty ground lies under the words, and
 * stands in the document right beside the word that was reached last.
 */
export function useSteady(layer: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = layer.current;
    if (!element) return;
    const ground = document.createElement("div");
    ground.className = "absolute inset-0 z-0 select-none";
    const follow = () => {
      const selection = getSelection();
      const { focusNode, anchorNode } = selection ?? {};
      if (!selection || !focusNode || !anchorNode || selection.rangeCount === 0) return;
      const word = focusNode.parentElement?.closest("[data-start]");
      if (!word || !element.contains(word)) return;
      const { startContainer, startOffset } = selection.getRangeAt(0);
      const forwards = startContainer === anchorNode && startOffset === selection.anchorOffset;
      if (forwards) word.after(ground);
      else word.before(ground);
    };
    const end = () => {
      document.removeEventListener("selectionchange", follow);
      ground.remove();
    };
    const begin = ({ target }: PointerEvent) => {
      const word = target instanceof Element ? target.closest("[data-start]") : undefined;
      if (word) word.after(ground);
      else element.append(ground);
      document.addEventListener("selectionchange", follow);
    };
    element.addEventListener("pointerdown", begin);
    addEventListener("pointerup", end);
    addEventListener("pointercancel", end);
    return () => {
      end();
      element.removeEventListener("pointerdown", begin);
      removeEventListener("pointerup", end);
      removeEventListener("pointercancel", end);
    };
  }, [layer]);
}
