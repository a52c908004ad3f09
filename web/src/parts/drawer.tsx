import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Notices } from "@/app/notices";
import { IconButton } from "./button";

/**
 * A dialog at the end of the page, as high as the window: for the particulars of what is looked at.
 * Escape, the cross and a click beside it close it.
 */
export function Drawer({
  onClose,
  title,
  children,
  footer,
}: {
  onClose(): void;
  title: string;
  children: ReactNode;
  footer?: ReactNode;
}) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) {
      element.showModal();
      element.querySelector<HTMLElement>("[data-focus]")?.focus();
    }
    return () => element?.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser's dialog answers Escape itself
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      className="me-0 ms-auto my-0 h-dvh max-h-dvh w-full max-w-full overflow-hidden border-line bg-surface p-0 text-ink shadow-card transition-[opacity,translate] duration-200 sm:w-[27rem] sm:border-s starting:open:translate-x-6 starting:open:opacity-0 rtl:starting:open:-translate-x-6"
      onCancel={(event) => {
        // A dialog inside of this one, or a choice of files that was left, is not this one.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <div className="flex h-full flex-col">
        <header className="flex items-center justify-between gap-4 border-b border-line px-5 py-3">
          <h2
            id={heading}
            tabIndex={-1}
            data-focus
            className="min-w-0 truncate outline-none text-sm font-semibold text-soft"
          >
            {title}
          </h2>
          <IconButton label={t("close")} onClick={onClose} className="-me-2">
            <X aria-hidden className="size-5" />
          </IconButton>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto px-5 py-5">{children}</div>
        {footer && (
          <footer className="flex flex-wrap gap-2 border-t border-line px-5 py-3.5 pb-[max(0.875rem,env(safe-area-inset-bottom))]">
            {footer}
          </footer>
        )}
      </div>
      <Notices />
    </dialog>
  );
}
