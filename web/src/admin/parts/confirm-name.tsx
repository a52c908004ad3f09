import { type ReactNode, useState } from "react";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { TextField } from "@/parts/field";
import { useWords } from "../words";

/** Asks before something that cannot be taken back: the name of what is concerned has to be typed. */
export function ConfirmName({
  name,
  title,
  children,
  confirm,
  busy,
  onClose,
  onConfirm,
}: {
  name: string;
  title: string;
  children: ReactNode;
  /** What the button that does it says. */
  confirm: string;
  busy: boolean;
  onClose(): void;
  onConfirm(): void;
}) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  const right = typed.trim() === name.trim();
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button type="submit" form="confirm-name" look="danger" disabled={!right || busy}>
            {confirm}
          </Button>
        </>
      }
    >
      <form
        id="confirm-name"
        className="flex flex-col gap-4 text-sm"
        onSubmit={(event) => {
          event.preventDefault();
          if (right && !busy) onConfirm();
        }}
      >
        {children}
        <TextField
          label={t("typeName", { name })}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
          spellCheck={false}
        />
      </form>
    </Dialog>
  );
}
