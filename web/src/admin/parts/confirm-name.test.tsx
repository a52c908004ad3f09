import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Suspense } from "react";
import { expect, it, vi } from "vitest";
import { ConfirmName } from "./confirm-name";

it("does nothing before the name is typed", async () => {
  const onConfirm = vi.fn();
  render(
    <Suspense>
      <ConfirmName
        name="Grace Hopper"
        title="Remove?"
        confirm="Remove"
        busy={false}
        onClose={() => undefined}
        onConfirm={onConfirm}
      >
        <p>Sure?</p>
      </ConfirmName>
    </Suspense>,
  );
  const box = await screen.findByRole("textbox");
  const button = screen.getByText("Remove") as HTMLButtonElement;
  await userEvent.type(box, "Grace{Enter}");
  expect(button.disabled).toBe(true);
  expect(onConfirm).not.toHaveBeenCalled();
  await userEvent.type(box, " Hopper ");
  expect(button.disabled).toBe(false);
  await userEvent.type(box, "{Enter}");
  expect(onConfirm).toHaveBeenCalledOnce();
});
