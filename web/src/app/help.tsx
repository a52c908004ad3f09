import { useTranslation } from "react-i18next";
import { Dialog } from "@/parts/dialog";
import { IS_APPLE, type Shortcut, useShortcuts } from "./keys";

/** The list of keys that work on this page. */
export function KeyHelp({ open, onClose }: { open: boolean; onClose(): void }) {
  const { t } = useTranslation();
  const groups = Map.groupBy(useShortcuts(), (shortcut) => shortcut.group);
  return (
    <Dialog open={open} onClose={onClose} title={t("keys")} wide>
      <div className="grid gap-x-10 gap-y-6 pb-4 sm:grid-cols-2">
        {[...groups].map(([group, shortcuts]) => (
          <section key={group}>
            <h3 className="mb-2 text-sm font-semibold text-soft">{group}</h3>
            <dl className="space-y-1.5">
              {unique(shortcuts).map((shortcut) => (
                <div
                  key={shortcut.keys}
                  className="flex items-center justify-between gap-4 text-sm"
                >
                  <dt>{shortcut.label}</dt>
                  <dd className="flex gap-1">
                    {shortcut.keys.split(" ").map((key, at) => (
                      // biome-ignore lint/suspicious/noArrayIndexKey: the keys of a sequence never move
                      <Kbd key={at}>{shown(key)}</Kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

/** A key as it is drawn. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd className="min-w-6 rounded-md border border-edge bg-sunken px-1.5 py-0.5 text-center font-sans text-xs">
      {children}
    </kbd>
  );
}

function shown(key: string): string {
  return key
    .replace("Mod+", IS_APPLE ? "⌘ " : "Ctrl ")
    .replace("ArrowDown", "↓")
    .replace("ArrowUp", "↑")
    .replace("ArrowLeft", "←")
    .replace("ArrowRight", "→")
    .replace("Enter", "⏎");
}

function unique(shortcuts: readonly Shortcut[]): Shortcut[] {
  return [...new Map(shortcuts.map((shortcut) => [shortcut.keys, shortcut])).values()];
}
