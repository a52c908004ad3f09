import { expect, it } from "vitest";
import { linkTo, reference } from "./link";
import { spanOf } from "./selected";

function page(): HTMLElement {
  const root = document.createElement("div");
  root.innerHTML =
    '<p><span data-start="10">Größe </span><mark data-start="18">zählt</mark></p><p>not stored</p><p><span data-start="40">Ende 😀!</span></p>';
  document.body.replaceChildren(root);
  return root;
}

function text(root: HTMLElement, start: number): Text {
  return root.querySelector(`[data-start="${start}"]`)?.firstChild as Text;
}

it("counts the bytes of what is selected, across parts and characters of any width", () => {
  const root = page();
  const range = document.createRange();
  range.setStart(text(root, 10), 3);
  range.setEnd(text(root, 40), 7);
  // "Grö" has four bytes, "Ende 😀" nine.
  expect(spanOf(range, root)).toEqual({ start: 14, end: 49 });
  range.setStart(text(root, 18), 1);
  range.setEnd(text(root, 18), 2);
  expect(spanOf(range, root)).toEqual({ start: 19, end: 21 });
});

it("finds nothing where no stored text is selected", () => {
  const root = page();
  const range = document.createRange();
  range.selectNodeContents(root.querySelectorAll("p")[1] as HTMLElement);
  expect(spanOf(range, root)).toBeUndefined();
});

it("makes addresses and references that lead back", () => {
  const link = linkTo("a b", { page: 3, span: { start: 1, end: 9 } });
  expect(new URL(link).pathname).toBe("/read/a%20b");
  expect(new URL(link).search).toBe("?page=3&start=1&end=9");
  const whole = reference("two\nlines", { title: "T", authors: ["A", "B"] }, "page 3", link);
  expect(whole).toBe(`“two lines”\n— A, B, T, page 3\n${link}`);
});
