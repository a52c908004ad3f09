/** Which documents are chosen, and which one the keyboard is on. */

export interface Selection {
  /** The chosen ones. */
  readonly ids: ReadonlySet<string>;
  /** From where a range is drawn. */
  readonly anchor: string | undefined;
  /** The one that the keyboard is on. */
  readonly active: string | undefined;
}

export const NOTHING: Selection = { ids: new Set(), anchor: undefined, active: undefined };

/** How a choice is meant: alone, added or taken away, or everything up to it. */
export type Manner = "alone" | "toggle" | "range";

/** The manner of a click or key with these modifiers held. */
export function mannerOf(event: { shiftKey: boolean; ctrlKey: boolean; metaKey: boolean }): Manner {
  if (event.shiftKey) return "range";
  return event.ctrlKey || event.metaKey ? "toggle" : "alone";
}

/** Chooses a document of a list. */
export function choose(
  selection: Selection,
  order: readonly string[],
  id: string,
  manner: Manner,
): Selection {
  if (manner === "toggle") {
    const ids = new Set(selection.ids);
    if (!ids.delete(id)) ids.add(id);
    return { ids, anchor: id, active: id };
  }
  if (manner === "range") {
    const anchor = selection.anchor ?? selection.active ?? id;
    return { ids: new Set(between(order, anchor, id)), anchor, active: id };
  }
  return { ids: new Set([id]), anchor: id, active: id };
}

/** Moves the keyboard by so many places; with `extend` everything on the way is chosen. */
export function move(
  selection: Selection,
  order: readonly string[],
  by: number,
  extend: boolean,
): Selection {
  if (order.length === 0) return selection;
  const at = selection.active === undefined ? -1 : order.indexOf(selection.active);
  const target = at < 0 ? 0 : Math.min(order.length - 1, Math.max(0, at + by));
  const id = order[target] as string;
  if (extend) return choose({ ...selection, anchor: selection.anchor ?? id }, order, id, "range");
  return { ...selection, active: id };
}

/** What is left of a choice when some are no longer in the list. */
export function keep(selection: Selection, there: ReadonlySet<string>): Selection {
  const ids = new Set([...selection.ids].filter((id) => there.has(id)));
  const anchor = there.has(selection.anchor ?? "") ? selection.anchor : undefined;
  const active = there.has(selection.active ?? "") ? selection.active : undefined;
  return { ids, anchor, active };
}

function between(order: readonly string[], one: string, other: string): readonly string[] {
  const [from, to] = [order.indexOf(one), order.indexOf(other)].sort((a, b) => a - b);
  if (from === undefined || to === undefined || to < 0) return [];
  return from < 0 ? [order[to] as string] : order.slice(from, to + 1);
}
