/** The reader: a document, opened at a place, its words marked; as a page or beside an answer. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { Open } from "./open";
import type { Span } from "./pieces";
import { Gone } from "./states";
import { type Document, documentQuery, isGone } from "./wire";

export interface ReaderProps {
  document: string;
  /** The bytes of the stored text that are marked, and gone to. */
  span?: Span | undefined;
  page?: number | undefined;
  /** Words that are looked for and marked where the span is not known. */
  quote?: string | undefined;
  /** What to look for at once. */
  find?: string | undefined;
  /** What asked to go there: another one, of the same place, asks once more. */
  asked?: object | undefined;
  onClose?: (() => void) | undefined;
  compact: boolean;
}

export function Reader(props: ReaderProps) {
  const { t } = useTranslation("reader");
  const document = useQuery(documentQuery(props.document));
  // What was opened stays when a later look at its state fails.
  const [kept, setKept] = useState<Document>();
  const shown = document.data ?? (kept?.id === props.document ? kept : undefined);
  if (document.data && document.data !== kept) setKept(document.data);
  const heading = !props.compact && <h1 className="sr-only">{t("reader")}</h1>;
  if (document.error && isGone(document.error)) {
    return (
      <>
        {heading}
        <Gone onClose={props.onClose} />
      </>
    );
  }
  if (shown) return <Open key={shown.id} {...props} opened={shown} />;
  if (document.error) {
    return (
      <div className="p-6">
        {heading}
        <Trouble error={document.error} onRetry={() => void document.refetch()} />
      </div>
    );
  }
  return (
    <>
      {heading}
      <Loading />
    </>
  );
}
