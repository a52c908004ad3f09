import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Suspense } from "react";
import { expect, it, vi } from "vitest";
import { waysQuery } from "./door";
import { SignInForm } from "./sign-in-form";

const WAYS = { name: "Test", open: false, first_account: false, password: true };
const SIGNED_IN = { access_token: "a", user: { id: "1" } };
const NEEDED = {
  mfa_required: true,
  mfa_token: "m",
  expires_in: 300,
  methods: ["totp", "recovery_code"],
};

/** Shows the form; the server gives these replies, one after the other. */
async function shown(...replies: [status: number, body: object][]) {
  const sent: { path: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    sent.push({ path, body: JSON.parse(String(init.body)) });
    const [status, body] = replies.shift() ?? [500, {}];
    return new Response(JSON.stringify(body), { status });
  });
  const queries = new QueryClient();
  queries.setQueryData(waysQuery.queryKey, { ...WAYS, passkeys: false, oidc: false });
  const onSignedIn = vi.fn();
  render(
    <QueryClientProvider client={queries}>
      <Suspense>
        <SignInForm onSignedIn={onSignedIn} />
      </Suspense>
    </QueryClientProvider>,
  );
  const user = userEvent.setup();
  await user.type(await screen.findByLabelText("E-mail address"), "ada@example.org");
  await user.type(screen.getByLabelText("Password"), "a long enough one");
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  return { user, sent, onSignedIn };
}

it("says that something is wrong, and keeps what was typed", async () => {
  const { onSignedIn } = await shown([401, { detail: "wrong" }]);
  expect((await screen.findByRole("alert")).textContent).toContain("not right");
  expect(screen.getByLabelText<HTMLInputElement>("Password").value).toBe("a long enough one");
  expect(onSignedIn).not.toHaveBeenCalled();
});

it("asks for the organisation of an address that is known in several", async () => {
  const { user, sent, onSignedIn } = await shown([409, { detail: "several" }], [200, SIGNED_IN]);
  await user.type(await screen.findByLabelText("Organisation"), "City Library");
  expect(screen.queryByRole("alert")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Sign in" }));
  expect(sent[1]?.body).toMatchObject({ email: "ada@example.org", tenant: "City Library" });
  expect(onSignedIn).toHaveBeenCalledWith(SIGNED_IN);
});

it("takes a code of the authenticator, or a recovery code", async () => {
  const { user, sent, onSignedIn } = await shown([200, NEEDED], [401, {}], [200, SIGNED_IN]);
  await user.type(await screen.findByLabelText("Code"), "123 456");
  await user.click(screen.getByRole("button", { name: "Continue" }));
  expect(sent[1]).toEqual({
    path: "/api/v1/auth/mfa",
    body: { mfa_token: "m", code: "123456" },
  });
  expect((await screen.findByRole("alert")).textContent).toContain("not right");
  await user.click(screen.getByRole("button", { name: "Use a recovery code" }));
  await user.type(screen.getByLabelText("Recovery code"), "abcd-efgh");
  await user.click(screen.getByRole("button", { name: "Continue" }));
  expect(onSignedIn).toHaveBeenCalledWith(SIGNED_IN);
});
