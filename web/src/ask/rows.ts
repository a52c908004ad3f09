/** The list of conversations with headings by age. */
import type { Wire } from "@/api/client";

type Conversation = Wire["Conversation"];

/** How long ago: today, yesterday, within a week, or the year and month ("2026-11"). */
export type Age = "today" | "yesterday" | "days" | `${number}-${number}`;

export type Row =
  | { readonly kind: "heading"; readonly key: string; readonly age: Age }
  | { readonly kind: "conversation"; readonly key: string; readonly conversation: Conversation };

const DAY_MS = 86_400_000;

export function ageOf(changed: string, now = new Date()): Age {
  const then = new Date(changed);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (then.getTime() >= midnight) return "today";
  if (then.getTime() >= midnight - DAY_MS) return "yesterday";
  if (then.getTime() >= midnight - 7 * DAY_MS) return "days";
  return `${then.getFullYear()}-${then.getMonth() + 1}`;
}

/** The rows of conversations, save those that are hidden. */
export function rowsOf(
  conversations: readonly Conversation[],
  hidden: ReadonlySet<string>,
  now = new Date(),
): Row[] {
  const rows: Row[] = [];
  let before: Age | undefined;
  for (const conversation of conversations) {
    if (hidden.has(conversation.id)) continue;
    const age = ageOf(conversation.changed, now);
    if (age !== before) rows.push({ kind: "heading", key: age, age });
    before = age;
    rows.push({ kind: "conversation", key: conversation.id, conversation });
  }
  return rows;
}
