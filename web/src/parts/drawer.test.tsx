import { fireEvent, render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import { Dialog } from "./dialog";
import { Drawer } from "./drawer";

it("is left by what is meant for it alone", () => {
  const [outer, inner] = [vi.fn(), vi.fn()];
  render(
    <Drawer title="List" onClose={outer}>
      <Dialog open title="Rename" onClose={inner}>
        <input type="file" aria-label="files" />
      </Dialog>
    </Drawer>,
  );
  const cancel = (element: Element, bubbles = false) =>
    fireEvent(element, new Event("cancel", { bubbles, cancelable: true }));
  cancel(screen.getByLabelText("files"), true);
  expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([0, 0]);
  cancel(screen.getByLabelText("Rename"));
  expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([0, 1]);
  cancel(screen.getByLabelText("List"));
  expect([outer.mock.calls.length, inner.mock.calls.length]).toEqual([1, 1]);
});
