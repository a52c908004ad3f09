import { useTranslation } from "react-i18next";

/** How far something is; without a total only that it goes on. */
export function Progress({
  label,
  done,
  total,
}: {
  label: string;
  done?: number;
  total?: number | null | undefined;
}) {
  const known = typeof total === "number" && total > 0 && typeof done === "number";
  const share = known ? Math.min(1, done / total) : 0;
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={known ? Math.round(share * 100) : undefined}
      className="h-1.5 w-full overflow-hidden rounded-full bg-sunken"
    >
      <div
        className={`h-full rounded-full bg-accent transition-[width] duration-300 ${known ? "" : "w-1/3 animate-pulse"}`}
        style={known ? { width: `${share * 100}%` } : undefined}
      />
    </div>
  );
}

/** Something is being fetched. */
export function Loading({ label }: { label?: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" className="flex items-center justify-center gap-3 px-6 py-14 text-soft">
      <span
        aria-hidden
        className="size-4 animate-spin rounded-full border-2 border-line border-t-accent"
      />
      {label ?? t("loading")}
    </div>
  );
}
