/** Addresses of places in documents, and quotations with where they are from. */
import type { Span } from "./pieces";
import type { Document } from "./wire";

/** The address of a place, to be shared. */
export function linkTo(document: string, place: { page?: number; span?: Span }): string {
  const url = new URL(`/read/${encodeURIComponent(document)}`, location.origin);
  if (place.page !== undefined) url.searchParams.set("page", String(place.page));
  if (place.span) {
    url.searchParams.set("start", String(place.span.start));
    url.searchParams.set("end", String(place.span.end));
  }
  return url.href;
}

/** A quotation with its author, title, page and address. */
export function reference(
  words: string,
  document: Pick<Document, "title" | "authors">,
  page: string | undefined,
  link: string,
): string {
  const from = [document.authors.join(", "), document.title, page].filter(Boolean).join(", ");
  return `“${words.replace(/\s+/g, " ")}”\n— ${from}\n${link}`;
}
