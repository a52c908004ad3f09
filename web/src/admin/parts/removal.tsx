/** Removing one of a list: a button in its row, and a question before it is done. */
import type { QueryKey } from "@tanstack/react-query";
import { Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { IconButton } from "@/parts/button";
import { Confirm } from "@/parts/dialog";
import { useWords } from "../words";
import { useDoing } from "./use-doing";

export function useRemoval<Row extends { readonly id: string }>({
  run,
  changes,
  said,
  title,
  label,
  name,
}: {
  run(id: string): Promise<unknown>;
  /** What changes with it. */
  changes: readonly QueryKey[];
  /** What is told when it is done. */
  said: string;
  title: string;
  /** What the button says of a row. */
  label(row: Row): string;
  /** What the question says of a row. */
  name(row: Row): string;
}): { button(row: Row): ReactNode; question: ReactNode } {
  const { t } = useWords();
  const [gone, setGone] = useState<Row>();
  const close = () => setGone(undefined);
  const remove = useDoing(run, { changes, said, onDone: close });
  return {
    button: (row) => (
      <IconButton label={label(row)} onClick={() => setGone(row)}>
        <Trash2 aria-hidden className="size-4" />
      </IconButton>
    ),
    question: (
      <Confirm
        open={gone !== undefined}
        onClose={close}
        onConfirm={() => gone && remove.mutate(gone.id)}
        title={title}
        confirm={t("remove")}
        busy={remove.isPending}
      >
        <p className="text-sm">{gone && name(gone)}</p>
      </Confirm>
    ),
  };
}
