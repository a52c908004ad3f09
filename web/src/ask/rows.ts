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

/** The rows for what is looked for: every word of it stands in the title. */
export function rowsOf(
  conversations: readonly Conversation[],
  wanted: string,
  hidden: ReadonlySet<string>,
  now = new Date(),
): Row[] {
  const words = folded(wanted).split(/\s+/).filter(Boolean);
  const rows: Row[] = [];
  let before: Age | undefined;
  for (const conversation of conversations) {
    if (hidden.has(conversation.id)) continue;
    const title = folded(conversation.title);
    if (!words.every((word) => title.includes(word))) continue;
    const age = ageOf(conversation.changed, now);
    if (age !== before) rows.push({ kind: "heading", key: age, age });
    before = age;
    rows.push({ kind: "conversation", key: conversation.id, conversation });
  }
  return rows;
}

/** Without case and accents. */
function folded(text: string): string {
  return text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();
}
