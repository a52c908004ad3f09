/** A part of the account page: its heading, what it is for, and its content. */
import type { ReactNode } from "react";
import { Card } from "@/parts/page";

export function Part({
  title,
  text,
  aside,
  children,
}: {
  title: string;
  text?: ReactNode;
  /** What stands beside the heading. */
  aside?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <Card className="flex flex-col gap-4 sm:p-6">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 grow basis-64">
          <h2 className="font-serif text-xl font-semibold">{title}</h2>
          {text && <p className="mt-1 max-w-prose text-sm text-soft">{text}</p>}
        </div>
        {aside}
      </div>
      {children}
    </Card>
  );
}
