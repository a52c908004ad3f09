/** What a chart says of the place under the pointer. */
export function Hint({
  title,
  rows,
  total,
}: {
  title: string;
  rows: readonly { name: string; value: string; colour?: string }[];
  total?: string;
}) {
  return (
    <div className="min-w-36 rounded-lg border border-line bg-raised px-3 py-2 text-xs text-ink shadow-card">
      <p className="mb-1 flex justify-between gap-6 font-semibold">
        <span>{title}</span>
        {total && <span className="tabular-nums">{total}</span>}
      </p>
      <ul className="flex flex-col gap-0.5">
        {rows.map((row) => (
          <li key={row.name} className="flex items-center justify-between gap-6">
            <span className="flex items-center gap-1.5">
              {row.colour && (
                <span className="size-2 rounded-full" style={{ background: row.colour }} />
              )}
              {row.name}
            </span>
            <span className="tabular-nums">{row.value}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
