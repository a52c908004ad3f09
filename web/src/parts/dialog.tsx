import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Notices } from "@/app/notices";
import { Button, IconButton } from "./button";

const BOX = "form :is(textarea, input:not([type=checkbox], [type=radio], [type=file]))";

/**
 * A dialog above the page: the browser's own, which keeps the focus inside and gives it back. `open`
 * shows it; `onClose` is called for Escape, the cross and a click beside it. What has `data-focus` has the
 * focus first, otherwise the first box of a form that somebody types in.
 */
export function Dialog({
  open,
  onClose,
  title,
  children,
  footer,
  wide = false,
  bare = false,
  closable = true,
}: {
  open: boolean;
  onClose(): void;
  title: string;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
  /** Whether the content is all there is to see: the title is told to screen readers alone. */
  bare?: boolean;
  /** Whether it may be left without an answer. */
  closable?: boolean;
}) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    if (!element) return;
    if (open && !element.open) {
      element.showModal();
      // Not the cross, which comes first: its hint would lie over the title.
      const first =
        element.querySelector<HTMLElement>("[data-focus]") ??
        element.querySelector<HTMLElement>(BOX) ??
        element;
      first.focus();
    }
    if (!open && element.open) element.close();
  }, [open]);
  if (!open) return null;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the browser's dialog answers Escape itself
    <dialog
      ref={dialog}
      aria-labelledby={heading}
      tabIndex={-1}
      className={`outline-none ${bare ? "max-h-[80dvh]" : "max-h-[min(90dvh,56rem)]"} w-[calc(100vw-2rem)] overflow-hidden rounded-2xl border border-line bg-surface p-0 text-ink shadow-card ${wide ? "max-w-3xl" : bare ? "mt-[10dvh] max-w-xl" : "max-w-lg"}`}
      onCancel={(event) => {
        // A dialog inside of this one, or a choice of files that was left, is not this one.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        if (closable) onClose();
      }}
      onClick={(event) => {
        if (closable && event.target === event.currentTarget) onClose();
      }}
    >
      <div className="flex max-h-[inherit] flex-col">
        <header
          className={bare ? "sr-only" : "flex items-center justify-between gap-4 px-6 pt-5 pb-2"}
        >
          <h2 id={heading} className="font-serif text-xl font-semibold">
            {title}
          </h2>
          {closable && !bare && (
            <IconButton label={t("close")} onClick={onClose} className="-me-2">
              <X aria-hidden className="size-5" />
            </IconButton>
          )}
        </header>
        <div className={`min-h-0 flex-1 overflow-y-auto ${bare ? "" : "px-6 py-3"}`}>
          {children}
        </div>
        {footer && (
          <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-6 py-4">
            {footer}
          </footer>
        )}
      </div>
      <Notices />
    </dialog>
  );
}

/** Asks before something that cannot be undone, or that others will notice. */
export function Confirm({
  open,
  onClose,
  onConfirm,
  title,
  children,
  confirm,
  look = "danger",
  busy = false,
}: {
  open: boolean;
  onClose(): void;
  onConfirm(): void;
  title: string;
  children: ReactNode;
  /** What the button that does it says. */
  confirm: string;
  look?: "primary" | "danger";
  busy?: boolean;
}) {
  const { t } = useTranslation();
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button look={look} onClick={onConfirm} disabled={busy}>
            {confirm}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  );
}
