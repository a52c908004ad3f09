import { type ReactNode, useId } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { Trouble } from "./trouble";

/**
 * A dialog that is one form: Enter or its button sends it. What went wrong stands above the buttons,
 * in sight however long the form is.
 */
export function FormDialog({
  title,
  submit,
  look = "primary",
  ready = true,
  busy,
  error,
  wide = false,
  onSubmit,
  onClose,
  children,
}: {
  title: string;
  /** What the button that sends it says. */
  submit: string;
  look?: "primary" | "danger";
  /** Whether what stands in it can be sent. */
  ready?: boolean;
  /** Whether it is on its way. */
  busy: boolean;
  /** Why it could not be done. */
  error?: unknown;
  wide?: boolean;
  onSubmit(): void;
  onClose(): void;
  children: ReactNode;
}) {
  const { t } = useTranslation();
  const form = useId();
  return (
    <Dialog
      open
      wide={wide}
      onClose={onClose}
      title={title}
      footer={
        <>
          {error != null && (
            <div className="basis-full">
              <Trouble error={error} />
            </div>
          )}
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button type="submit" form={form} look={look} disabled={!ready || busy}>
            {submit}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="flex flex-col gap-4 text-sm"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !busy) onSubmit();
        }}
      >
        {children}
      </form>
    </Dialog>
  );
}
