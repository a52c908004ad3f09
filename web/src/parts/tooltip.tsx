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
            // Escape takes the words away and is still the dialog's: who presses it means that.
            onEscapeKeyDown={() => dialog?.dispatchEvent(new Event("cancel", { cancelable: true }))}
            className="z-50 max-w-xs rounded-md bg-ink px-2 py-1 text-xs text-paper shadow-card"
          >
            {words}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
