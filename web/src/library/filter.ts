/** What of the library is shown, as the address says it. */

/** Conditions that all hold; what is absent asks nothing. */
export interface Filter {
  readonly collection?: string;
  readonly tag?: string;
  readonly format?: string;
  readonly language?: string;
  readonly state?: State;
  readonly title?: string;
  readonly order?: Order;
}

/** How documents are shown. */
export type View = "shelves" | "grid" | "list";

/** What the address of the library may say; an address can be typed, so it may say anything. */
export interface Place extends Omit<Filter, "state" | "order"> {
  readonly state?: string;
  readonly order?: string;
  readonly view?: string;
  readonly document?: string;
  /** That the dialog for putting in is open: the palette opens it from every page. */
  readonly put?: string;
}

/** The states of reading, in their order. */
export const STATES = ["queued", "reading", "searchable", "ready", "failed"] as const;
export type State = (typeof STATES)[number];

/** The orders that are offered. */
export const ORDERS = [
  "newest",
  "oldest",
  "title",
  "title_descending",
  "changed",
  "largest",
  "smallest",
] as const;
export type Order = (typeof ORDERS)[number];

const CONDITIONS = ["tag", "format", "language", "state", "title"] as const;
const VIEW_PLACE = "alexandria.library.view";

/** The filter of an address; a state or order that there is not is left out. */
export function filterOf(place: Place): Filter {
  const { view: _view, document: _document, put: _put, state, order, ...rest } = place;
  return {
    ...rest,
    ...(isOneOf(STATES, state) && { state }),
    ...(isOneOf(ORDERS, order) && order !== "newest" && { order }),
  };
}

/** How many conditions hold, the collection aside. */
export function conditions(filter: Filter): number {
  return CONDITIONS.filter((name) => filter[name] !== undefined).length;
}

/** Whether the whole library is shown. */
export function isWhole(filter: Filter): boolean {
  return filter.collection === undefined && conditions(filter) === 0;
}

/** The view of an address: what it says, or what was last chosen, as far as it fits the filter. */
export function viewOf(place: Place): View {
  const said = isOneOf(["shelves", "grid", "list"] as const, place.view) ? place.view : lastView();
  const filter = filterOf(place);
  const sorted = filter.order !== undefined;
  // Shelves show the whole library; of a part of it the covers are shown.
  return said === "shelves" && (!isWhole(filter) || sorted) ? "grid" : said;
}

/** Remembers a chosen view for the next visit. */
export function rememberView(view: View): void {
  localStorage.setItem(VIEW_PLACE, view);
}

function lastView(): View {
  const kept = localStorage.getItem(VIEW_PLACE);
  return isOneOf(["shelves", "grid", "list"] as const, kept) ? kept : "shelves";
}

function isOneOf<const T extends readonly string[]>(
  values: T,
  value: string | null | undefined,
): value is T[number] {
  return value !== null && value !== undefined && values.includes(value);
}

/** What a filter can be held against. */
interface Filed {
  readonly collection: string;
  readonly collection_id: string;
  readonly tags: readonly string[];
  readonly format: string;
  readonly language?: string | null;
  readonly state: string;
  readonly title: string;
}

/** Whether a document belongs in a list, so that one just put in can be shown without asking again. */
export function fits(document: Filed, filter: Filter): boolean {
  const { collection, tag, format, language, state, title } = filter;
  return (
    (collection === undefined ||
      collection === document.collection ||
      collection === document.collection_id) &&
    (tag === undefined || document.tags.includes(tag)) &&
    (format === undefined || document.format === format) &&
    (language === undefined || document.language === language) &&
    (state === undefined || document.state === state) &&
    (title === undefined || document.title.toLowerCase().includes(title.toLowerCase()))
  );
}
