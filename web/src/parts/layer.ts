/** Where something that floats is drawn: nothing outside of an open dialog stands above it. */
import { type RefCallback, useCallback, useState } from "react";

/** The dialog around what `ref` is given to; nothing where it stands on the page itself. */
export function useLayer(): { ref: RefCallback<Element>; dialog: HTMLDialogElement | null } {
  const [dialog, setDialog] = useState<HTMLDialogElement | null>(null);
  const ref = useCallback((element: Element | null) => {
    if (element) setDialog(element.closest("dialog"));
  }, []);
  return { ref, dialog };
}
