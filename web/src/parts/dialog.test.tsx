import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { notify } from "@/app/notices";
import { FormDialog } from "./form-dialog";

const frame = (more: { ready?: boolean; busy?: boolean }, onSubmit: () => void) => (
  <FormDialog
    title="A name"
    submit="Keep"
    busy={false}
    {...more}
    onSubmit={onSubmit}
    onClose={() => undefined}
  >
    <input type="checkbox" aria-label="box" />
    <input aria-label="name" />
  </FormDialog>
);

it("is ready for typing, and sends by Enter what can be sent", async () => {
  const onSubmit = vi.fn();
  const { rerender } = render(frame({ ready: false }, onSubmit));
  expect(document.activeElement).toBe(screen.getByLabelText("name"));
  await userEvent.keyboard("a{Enter}");
  rerender(frame({ busy: true }, onSubmit));
  await userEvent.keyboard("{Enter}");
  expect(onSubmit).not.toHaveBeenCalled();
  rerender(frame({}, onSubmit));
  await userEvent.keyboard("{Enter}");
  expect(onSubmit).toHaveBeenCalledOnce();
});

it("shows notices where they can be reached", async () => {
  render(frame({}, () => undefined));
  notify("It failed");
  notify("It failed");
  expect(await screen.findAllByText("It failed")).toHaveLength(1);
  expect(screen.getByText("It failed").closest("dialog")).not.toBeNull();
});
