/** The reader beside an answer. */
import { Reader } from "./reader";

/** What the reader beside an answer is told. */
export interface ReaderPaneProps {
  document: string;
  /** The bytes of the stored text that are marked; when they change, it goes there. */
  span?: { start: number; end: number };
  page?: number;
  /** Words that are looked for and marked where the span is not known. */
  quote?: string;
  /** What asked to go there: another one, of the same place, asks once more. */
  asked?: object;
  onClose?(): void;
  compact?: boolean;
}

export function ReaderPane({ compact = true, ...props }: ReaderPaneProps) {
  return <Reader {...props} compact={compact} />;
}
