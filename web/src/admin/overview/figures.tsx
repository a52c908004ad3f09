import type { ReactNode } from "react";

/** A figure with its name, and what explains it. */
export function Figure({
  label,
  value,
  note,
}: {
  label: string;
  value: ReactNode;
  note?: ReactNode;
}) {
  return (
    <div className="flex flex-col gap-0.5 rounded-2xl border border-line min-w-0 bg-surface px-4 py-3.5 sm:px-5">
      <dt className="text-xs text-soft">{label}</dt>
      <dd className="break-words font-serif text-lg font-semibold tabular-nums sm:text-2xl">
        {value}
      </dd>
      {note && <dd className="text-xs text-soft">{note}</dd>}
    </div>
  );
}

/** Figures side by side. */
export function Figures({ children }: { children: ReactNode }) {
  return (
    <dl className="grid grid-cols-2 gap-3 sm:grid-cols-[repeat(auto-fit,minmax(10.5rem,1fr))]">
      {children}
    </dl>
  );
}
