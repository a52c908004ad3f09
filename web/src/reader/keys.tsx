/** The keys of the reader: everywhere on its own page, and beside an answer while the focus is in it. */
import { type RefObject, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { pressed, useShortcut } from "@/app/keys";

export interface Binding {
  readonly keys: string;
  readonly label: string;
  run(): void;
}

/** Binds keys for the whole page. */
export function PageKeys({ bindings }: { bindings: readonly Binding[] }) {
  return bindings.map((binding) => <PageKey key={binding.keys} {...binding} />);
}

function PageKey({ keys, label, run }: Binding) {
  const { t } = useTranslation("reader");
  useShortcut({ keys, label, group: t("reader") }, run);
  return null;
}

/** Binds keys while the focus is inside an element. */
export function PaneKeys({
  bindings,
  root,
}: {
  bindings: readonly Binding[];
  root: RefObject<HTMLElement | null>;
}) {
  const latest = useRef(bindings);
  latest.current = bindings;
  useEffect(() => {
    const element = root.current;
    const onKey = (event: KeyboardEvent) => {
      const key = pressed(event);
      const typing = event.target instanceof HTMLInputElement;
      if (event.defaultPrevented || (typing && !key.startsWith("Mod+"))) return;
      const found = latest.current.find((binding) => binding.keys === key);
      if (!found) return;
      event.preventDefault();
      event.stopPropagation();
      found.run();
    };
    element?.addEventListener("keydown", onKey);
    return () => element?.removeEventListener("keydown", onKey);
  }, [root]);
  return null;
}
