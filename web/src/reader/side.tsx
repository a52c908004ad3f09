/** The panel at the side: beside the text where there is room, else above it. */
import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/parts/button";

export function Side({
  title,
  docked,
  onClose,
  children,
}: {
  title: string;
  docked: boolean;
  onClose(): void;
  children: ReactNode;
}) {
  const { t } = useTranslation("reader");
  const heading = useId();
  const panel = useRef<HTMLElement>(null);
  useEffect(() => {
    if (docked) return;
    const before = globalThis.document.activeElement;
    if (!panel.current?.contains(before)) panel.current?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, [docked]);
  const content = (
    <aside
      ref={panel}
      aria-labelledby={heading}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
      className={
        docked
          ? "flex w-72 shrink-0 flex-col border-line border-e bg-paper outline-none @6xl:w-80"
          : "absolute inset-y-0 start-0 z-20 flex w-[min(22rem,88%)] flex-col border-line border-e bg-paper shadow-card outline-none"
      }
    >
      <div className="flex items-center justify-between gap-2 ps-4 pe-2 pt-2">
        <h2 id={heading} className="text-sm font-semibold">
          {title}
        </h2>
        <IconButton label={t("closePanel")} onClick={onClose}>
          <X aria-hidden className="size-4" />
        </IconButton>
      </div>
      {children}
    </aside>
  );
  if (docked) return content;
  return (
    <>
      <button
        type="button"
        tabIndex={-1}
        aria-hidden
        onClick={onClose}
        className="absolute inset-0 z-10 cursor-default bg-black/30"
      />
      {content}
    </>
  );
}
