/** What the reader beside an answer is told. */
export interface ReaderPaneProps {
  document: string;
  /** The bytes of the stored text that are marked. */
  span?: { start: number; end: number };
  page?: number;
  quote?: string;
  onClose?(): void;
  compact?: boolean;
}

export function ReaderPane(_: ReaderPaneProps) {
  return null;
}
