import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

/** The page that is seen, of how many; another number goes there. */
export function PageBox({
  page,
  count,
  onPage,
}: {
  page: number;
  count: number;
  onPage(page: number): void;
}) {
  const { t } = useTranslation("reader");
  const [typed, setTyped] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page takes the place of what was typed
  useEffect(() => setTyped(undefined), [page]);
  const go = () => {
    const wanted = Number.parseInt(typed ?? "", 10);
    if (Number.isFinite(wanted)) onPage(Math.min(count, Math.max(1, wanted)));
    setTyped(undefined);
  };
  return (
    <form
      className="flex items-center gap-1.5 text-sm tabular-nums"
      onSubmit={(event) => {
        event.preventDefault();
        go();
      }}
    >
      <input
        aria-label={t("pageBox", { count })}
        inputMode="numeric"
        value={typed ?? page}
        onChange={(event) => setTyped(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={go}
        className="min-h-8 rounded-md border border-edge bg-raised px-1 text-center"
        style={{ width: `${String(count).length + 2.5}ch` }}
      />
      <span aria-hidden className="hidden whitespace-nowrap text-soft @sm:inline">
        / {count}
      </span>
    </form>
  );
}
