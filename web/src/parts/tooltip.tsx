import { Tooltip as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useLayer } from "./layer";

/** Words that appear beside something when the pointer or the focus is on it. */
export function Tooltip({ words, children }: { words: ReactNode; children: ReactNode }) {
  const { ref, dialog } = useLayer();
  return (
    <Radix.Provider delayDuration={400}>
      <Radix.Root>
        <Radix.Trigger asChild ref={ref}>
          {children}
        </Radix.Trigger>
        <Radix.Portal container={dialog}>
          <Radix.Content
            sideOffset={6}
            collisionPadding={8}
            onEscapeKeyDown={passOn}
            className="z-50 max-w-xs rounded-md bg-ink px-2 py-1 text-xs text-paper shadow-card"
          >
            {words}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}

/** Escape takes the words away and is still meant for the dialog that it is pressed in. */
function passOn({ target }: KeyboardEvent): void {
  const dialog = target instanceof Element ? target.closest("dialog") : null;
  dialog?.dispatchEvent(new Event("cancel", { cancelable: true }));
}
