// biome-ignore-all lint/a11y/useSemanticElements: rows that are drawn where they stand make no table
/** The columns of the rows, and their headings, some of which sort. */
import { ArrowDown, ArrowUp } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Order } from "./filter";

/** From narrow to wide, more is told. */
export const COLUMNS =
  "grid grid-cols-[2rem_minmax(0,1fr)_2rem] items-center gap-x-3 sm:grid-cols-[2rem_minmax(0,1fr)_6rem_2rem] lg:grid-cols-[2rem_minmax(0,1fr)_10rem_6.5rem_5rem_5.5rem_7rem_2rem]";
export const WIDE = "hidden lg:block";

export const MIDDLE = "hidden sm:block";

export function Head({ order, onOrder }: { order: Order; onOrder(order: Order): void }) {
  const { t } = useTranslation(["library", "common"]);
  const cell = "truncate";
  return (
    <div
      role="row"
      aria-rowindex={1}
      tabIndex={-1}
      className={`${COLUMNS} min-h-10 border-b border-line px-3 text-xs font-semibold text-soft`}
    >
      <span role="columnheader" tabIndex={-1}>
        <span className="sr-only">{t("columnChoose")}</span>
      </span>
      <Sorted
        words={t("columnTitle")}
        className=""
        rising="title"
        falling="title_descending"
        {...{ order, onOrder }}
      />
      <span role="columnheader" tabIndex={-1} className={`${WIDE} ${cell}`}>
        {t("columnCollection")}
      </span>
      <span role="columnheader" tabIndex={-1} className={`${WIDE} ${cell}`}>
        {t("columnFormat")}
      </span>
      <span role="columnheader" tabIndex={-1} className={`${WIDE} ${cell} text-end`}>
        {t("columnPages")}
      </span>
      <Sorted
        words={t("columnSize")}
        className={`${WIDE} text-end`}
        rising="smallest"
        falling="largest"
        {...{ order, onOrder }}
      />
      <Sorted
        words={t("columnAdded")}
        className={`${MIDDLE} text-end`}
        rising="oldest"
        falling="newest"
        {...{ order, onOrder }}
      />
      <span role="columnheader" tabIndex={-1}>
        <span className="sr-only">{t("common:more")}</span>
      </span>
    </div>
  );
}

/** A heading that sorts: by it, and once more the other way round. */
function Sorted({
  words,
  className,
  rising,
  falling,
  order,
  onOrder,
}: {
  words: string;
  className: string;
  rising: Order;
  falling: Order;
  order: Order;
  onOrder(order: Order): void;
}) {
  const first = rising === "title" ? rising : falling;
  const other = first === rising ? falling : rising;
  const sort = order === rising ? "ascending" : order === falling ? "descending" : undefined;
  return (
    <span role="columnheader" tabIndex={-1} aria-sort={sort} className={`min-w-0 ${className}`}>
      <button
        type="button"
        className="-mx-1 inline-flex items-center gap-1 rounded px-1 py-1 hover:text-ink"
        onClick={() => onOrder(order === first ? other : first)}
      >
        {words}
        {sort === "descending" && <ArrowDown aria-hidden className="size-3" />}
        {sort === "ascending" && <ArrowUp aria-hidden className="size-3" />}
      </button>
    </span>
  );
}
