/** The remedy for a document that could not be read: another file in its place. */
import { FileUp } from "lucide-react";
import { type ChangeEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/parts/button";
import { faultKind } from "@/parts/fault";
import { useRemove } from "./changes";
import type { Document } from "./queries";
import { putIn } from "./uploads/queue";
import { chosen } from "./uploads/tree";

export function AnotherCopy({ document, onChosen }: { document: Document; onChosen?: () => void }) {
  const { t } = useTranslation();
  const remove = useRemove();
  const input = useRef<HTMLInputElement>(null);
  const [fault] = document.faults;
  const kind = fault ? faultKind(fault) : "other";
  const words = t(`remedy.${kind === "cancelled" ? "other" : kind}`);
  const take = ({ currentTarget: { files } }: ChangeEvent<HTMLInputElement>) => {
    if (!files || files.length === 0) return;
    const { collection, tags } = document;
    let replaced = false;
    // What could not be read goes when something has taken its place, and not before.
    void putIn(chosen(files), { collection, tags }, () => {
      if (!replaced) remove([document]);
      replaced = true;
    });
    onChosen?.();
  };
  return (
    <>
      <Button onClick={() => input.current?.click()}>
        <FileUp aria-hidden className="size-4 shrink-0" />
        {words}
      </Button>
      <input ref={input} type="file" multiple hidden aria-label={words} onChange={take} />
    </>
  );
}
