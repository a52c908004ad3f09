/** One kind of second factor: what it is, how it stands, what can be done. */
import type { ReactNode } from "react";

export function Row({
  icon,
  title,
  text,
  actions,
  children,
}: {
  icon: ReactNode;
  title: string;
  text: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <div className="flex flex-col gap-3 py-4 first:pt-0 last:pb-0">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <span className="grid size-9 shrink-0 place-items-center rounded-full bg-tint text-accent-strong">
          {icon}
        </span>
        <div className="min-w-48 flex-1">
          <h3 className="text-sm font-semibold">{title}</h3>
          <p className="text-sm text-soft">{text}</p>
        </div>
        {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  );
}
