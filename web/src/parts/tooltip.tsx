import { Tooltip as Radix } from "radix-ui";
import { type ReactNode, useCallback, useState } from "react";

/** Words that appear beside something when the pointer or the focus is on it. */
export function Tooltip({ words, children }: { words: ReactNode; children: ReactNode }) {
  // Nothing outside of an open dialog stands above it.
  const [dialog, setDialog] = useState<Element | null>(null);
  const place = useCallback((trigger: Element | null) => {
    if (trigger) setDialog(trigger.closest("dialog"));
  }, []);
  return (
    <Radix.Provider delayDuration={400}>
      <Radix.Root>
        <Radix.Trigger asChild ref={place}>
          {children}
        </Radix.Trigger>
        <Radix.Portal container={dialog}>
          <Radix.Content
            sideOffset={6}
            collisionPadding={8}
            className="z-50 max-w-xs rounded-md bg-ink px-2 py-1 text-xs text-paper shadow-card"
          >
            {words}
          </Radix.Content>
        </Radix.Portal>
      </Radix.Root>
    </Radix.Provider>
  );
}
