import { type ReactNode, useState } from "react";
import { TextField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { useWords } from "../words";

/** Asks before something that cannot be taken back: the name of what is concerned has to be typed. */
export function ConfirmName({
  name,
  title,
  children,
  confirm,
  busy,
  error,
  onClose,
  onConfirm,
}: {
  name: string;
  title: string;
  children: ReactNode;
  /** What the button that does it says. */
  confirm: string;
  busy: boolean;
  /** Why it could not be done. */
  error?: unknown;
  onClose(): void;
  onConfirm(): void;
}) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const right = typed.trim() === name.trim();
  return (
    <FormDialog
      title={title}
      submit={confirm}
      look="danger"
      ready={right}
      busy={busy}
      onSubmit={onConfirm}
      error={error}
      onClose={onClose}
    >
      {children}
      <TextField
        label={t("typeName", { name })}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        autoComplete="off"
        spellCheck={false}
      />
    </FormDialog>
  );
}
