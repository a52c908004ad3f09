/** A stretch of a text: the blocks that begin in it. */
import { useQuery } from "@tanstack/react-query";
import { memo, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Trouble } from "@/parts/trouble";
import { BlockView } from "./block";
import { levelsOf } from "./headings";
import type { Mark } from "./pieces";
import { type Block, type Document, segmentQuery } from "./wire";

export const Segment = memo(function Segment({
  document,
  segment,
  marks,
}: {
  document: Document;
  segment: number;
  marks: readonly Mark[];
}) {
  const blocks = useQuery(segmentQuery(document.id, document.version_id, segment));
  if (blocks.error) {
    return (
      <div className="py-4 font-sans">
        <Trouble error={blocks.error} onRetry={() => void blocks.refetch()} />
      </div>
    );
  }
  if (!blocks.data) return <Lines />;
  return <Stretch document={document} blocks={blocks.data} marks={marks} />;
});

/** Blocks below one another; items that follow each other are one list. */
function Stretch({
  document,
  blocks,
  marks,
}: {
  document: Document;
  blocks: readonly Block[];
  marks: readonly Mark[];
}) {
  const levels = levelsOf(blocks);
  const shown: ReactNode[] = [];
  let items: ReactNode[] = [];
  const endList = (key: number) => {
    if (items.length > 0) shown.push(<ul key={`list ${key}`}>{items}</ul>);
    items = [];
  };
  let before: Block | undefined;
  for (const block of blocks) {
    const start = block.span.start;
    const view = <BlockView key={start} block={block} level={levels.get(start)} marks={marks} />;
    const begins = before ? beginsPart(before, block) : start === 0 || block.item === 1;
    if (begins) {
      endList(start);
      shown.push(<PartName key={`part ${start}`} document={document} block={block} />);
    }
    if (block.kind === "list_item") items.push(view);
    else {
      endList(start);
      shown.push(view);
    }
    before = block;
  }
  endList(-1);
  return shown;
}

function beginsPart(before: Block, block: Block): boolean {
  return before.part !== block.part || before.page !== block.page;
}

/** Where a chapter, sheet, slide or attachment begins. A chapter's own heading says its name better. */
function PartName({ document, block }: { document: Document; block: Block }) {
  const { t } = useTranslation("reader");
  const name = block.part ?? (block.page ? t("slide", { page: block.page }) : undefined);
  if (name === undefined) return null;
  const said = block.kind === "heading" && block.text.trim() === name.trim();
  const quiet = said || document.format === "epub" || document.format === "eml";
  const first = block.span.start === 0;
  if (quiet) return first ? null : <hr className="mx-auto my-[3em] w-16 border-line border-t-2" />;
  return (
    <p
      className={`mb-[1em] border-line border-b pb-1 font-sans text-[0.8em] font-semibold tracking-wide text-soft ${first ? "" : "mt-[2.5em]"}`}
    >
      {name}
    </p>
  );
}

/** Where text is going to be. */
function Lines() {
  return (
    <div aria-hidden className="animate-pulse space-y-3 py-6">
      {[90, 97, 93, 60, 95, 91, 98, 40].map((width) => (
        <div key={width} className="h-3 rounded bg-sunken" style={{ width: `${width}%` }} />
      ))}
    </div>
  );
}
