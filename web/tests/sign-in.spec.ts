/** Every way in, and out: the first account, passwords, second factors, passkeys, providers, invitations. */
import type { Page } from "@playwright/test";
import { Authenticator, join, own, ownMenu, signIn } from "./people";
import { expect, PASSWORD, Program, test, watch } from "./program";
import { isFetched, provider } from "./provider";

const OWNER = "owner@example.org";

interface Factors {
  totp_since: string | null;
  passkeys: { name: string; used: string | null }[];
  recovery_codes_left: number;
}

/** The library that most of these tests come to; each brings its own person. */
let house: Program;
// They stay in one worker: it is one library.
test.describe.configure({ mode: "default" });
test.beforeAll(async () => {
  house = await Program.start({}, OWNER);
});
test.afterAll(() => house.remove());

/** Signs in on the page and is in the library. */
async function enter(page: Page, email: string): Promise<void> {
  await page.goto(house.address);
  await signIn(page, email);
  await expect(page).toHaveURL(/\/library/);
}

/** Gives a person an authenticator on the account page; gives it and the recovery codes that were shown. */
async function addAuthenticator(page: Page): Promise<{ device: Authenticator; codes: string[] }> {
  await page.goto(`${house.address}/account`);
  await page.getByRole("button", { name: "Set up" }).click();
  const dialog = page.getByRole("dialog", { name: "Set up an authenticator" });
  await dialog.getByRole("button", { name: "Show the picture" }).click();
  await expect(dialog.getByRole("img", { name: /QR code/ })).toBeVisible();
  const device = new Authenticator((await dialog.getByRole("code").textContent()) ?? "");
  await dialog.getByLabel("Code that the app shows now").fill(await device.code());
  await dialog.getByRole("button", { name: "Confirm" }).click();
  return { device, codes: await keepCodes(page) };
}

/** The recovery codes that are shown once; the dialog does not go before one says that they are kept. */
async function keepCodes(page: Page): Promise<string[]> {
  const dialog = page.getByRole("dialog", { name: "Keep these recovery codes" });
  const items = dialog.getByRole("listitem");
  await expect(items).toHaveCount(10);
  const codes = await items.allTextContents();
  await page.keyboard.press("Escape");
  await expect(dialog.getByRole("button", { name: "Close" })).toBeDisabled();
  await dialog.getByLabel("I have kept them").check();
  await dialog.getByRole("button", { name: "Close" }).click();
  await expect(dialog).toBeHidden();
  return codes;
}

test("a library for one person asks nobody who they are, until it gets a first account", async ({
  page,
  browser,
  program,
}) => {
  const said = watch(page);
  await page.goto(`${program.address}/sign-in`);
  await expect(page).toHaveURL(/\/library/);
  await page.getByRole("button", { name: "Appearance and language" }).click();
  await expect(page.getByRole("menuitem", { name: "Keyboard shortcuts" })).toBeVisible();
  await expect(page.getByRole("menuitem", { name: /sign out|account/i })).toHaveCount(0);
  await page.keyboard.press("Escape");
  await page.goto(`${program.address}/admin`);
  const parts = page.getByRole("navigation", { name: "Parts of the administration" });
  await expect(parts.getByRole("link", { name: "Jobs" })).toBeVisible();
  await expect(parts.getByRole("link", { name: /people|keys/i })).toHaveCount(0);

  await page.goto(`${program.address}/account`);
  await page.getByRole("link", { name: "Make the first account" }).click();
  await expect(page).toHaveURL(/\/welcome/);
  await page.getByRole("button", { name: "Make the first account" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Olga Owner");
  await page.getByLabel("E-mail address").fill(OWNER);
  const make = page.getByRole("button", { name: "Make the first account" });
  await page.getByRole("textbox", { name: "Password", exact: true }).fill("too short");
  await expect(page.getByText("6 more characters are needed.")).toBeVisible();
  await expect(make).toBeDisabled();
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(PASSWORD);
  await page.getByLabel("Name of the library (optional)").fill("City Library");
  await make.click();
  await expect(page).toHaveURL(/\/library/);
  const me = await own<{ user: { email: string; role: string } }>(page, "/api/v1/me");
  expect(me.user).toMatchObject({ email: OWNER, role: "owner" });
  // From now on it is closed for everybody else.
  const other = await (await browser.newContext()).newPage();
  await other.goto(program.address);
  await expect(other).toHaveURL(/\/sign-in/);
  await other.goto(`${program.address}/welcome`);
  await expect(other.getByText("This library is set up already.")).toBeVisible();
  await other.context().close();
  expect(said).toEqual([]);
});

test("where a key guards the library, the first account is made with that key", async ({
  page,
}) => {
  const key = "first-key-of-the-house";
  const program = await Program.start({ API_KEYS: `${key}:operate,people,ask,ingest` });
  try {
    await page.goto(program.address);
    await page.getByRole("link", { name: "Make the first account." }).click();
    await page.getByLabel("Name", { exact: true }).fill("Olga Owner");
    await page.getByLabel("E-mail address").fill(OWNER);
    await page.getByRole("textbox", { name: "Password", exact: true }).fill(PASSWORD);
    const field = page.getByRole("textbox", { name: "Key", exact: true });
    await field.fill("some other key");
    await page.getByRole("button", { name: "Make the first account" }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    // What was typed is still there.
    await expect(page.getByLabel("E-mail address")).toHaveValue(OWNER);
    await field.fill(key);
    await page.getByRole("button", { name: "Make the first account" }).click();
    await expect(page).toHaveURL(/\/library/);
  } finally {
    await program.remove();
  }
});

test("a wrong password says so, the right one leads to the place that was wanted", async ({
  page,
}) => {
  await page.goto(`${house.address}/search?q=lighthouse`);
  await expect(page).toHaveURL(/\/sign-in/);
  await signIn(page, OWNER, "not the right password");
  await expect(page.getByRole("alert")).toHaveText("The address or the password is not right.");
  await expect(page.getByLabel("E-mail address")).toHaveValue(OWNER);
  await expect(page.getByRole("textbox", { name: "Password", exact: true })).toBeFocused();
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/search\?q=lighthouse/);
});

test("where too much comes from one address, signing in says how long to wait", async ({
  page,
}) => {
  const program = await Program.start(
    { RATE_LIMIT_ADDRESS_RPS: "10", RATE_LIMIT_BURST: "100" },
    OWNER,
  );
  try {
    // The last request that is let through comes just before the one of the page.
    await page.route(
      "**/auth/sign-in",
      async (route) => {
        const path = `${program.address}/api/v1/auth/ways`;
        for (let reply = await fetch(path); reply.status !== 429; ) reply = await fetch(path);
        await route.continue();
      },
      { times: 1 },
    );
    await page.goto(program.address);
    await signIn(page, OWNER);
    await expect(page.getByRole("alert")).toContainText(/Try again in (a second|\d+ seconds)\.$/);
    await expect(async () => {
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await expect(page).not.toHaveURL(/\/sign-in/, { timeout: 2_000 });
    }).toPass({ timeout: 30_000 });
  } finally {
    await program.remove();
  }
});

test("an authenticator asks for its code, a recovery code stands in once, and guessing has an end", async ({
  page,
}) => {
  test.setTimeout(120_000);
  await join(house, "tina@example.org", "reader", "Tina Totp");
  await enter(page, "tina@example.org");
  const { device, codes } = await addAuthenticator(page);
  await expect(page.getByText(/^Set up on/)).toBeVisible();
  await ownMenu(page, "Tina Totp", "Sign out");
  await expect(page).toHaveURL(/\/sign-in/);

  await signIn(page, "tina@example.org");
  await page.getByLabel("Code", { exact: true }).fill(await device.code());
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL(/\/library/);
  await ownMenu(page, "Tina Totp", "Sign out");

  await signIn(page, "tina@example.org");
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("Recovery code").fill(codes[0] ?? "");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL(/\/library/);
  expect((await own<Factors>(page, "/api/v1/me/factors")).recovery_codes_left).toBe(9);
  await page.goto(`${house.address}/account`);
  await expect(page.getByText("9 are left.")).toBeVisible();
  await ownMenu(page, "Tina Totp", "Sign out");

  await signIn(page, "tina@example.org");
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  const guess = async (code: string) => {
    await page.getByLabel("Recovery code").fill(code);
    const answered = page.waitForResponse(/\/auth\/mfa$/);
    await page.getByRole("button", { name: "Continue" }).click();
    await answered;
  };
  // The one that was used is as good as any other guess.
  for (let tries = 0; tries < 5; tries += 1) {
    await guess(codes[0] ?? "");
    await expect(page.getByRole("alert")).toContainText("That code is not right");
  }
  await guess(codes[1] ?? "");
  await expect(page.getByRole("alert")).toContainText(
    /too many wrong codes\. Try again in \d+ seconds\.$/,
  );
});

test("a passkey is added, lets in by itself, and is removed", async ({ page }) => {
  // Passkeys are bound to a name, and to the port that the server was told to listen on.
  await house.end();
  await house.begin();
  const address = house.address.replace("127.0.0.1", "localhost");
  await join(house, "pia@example.org", "reader", "Pia Passkey");
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      ctap2Version: "ctap2_1",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  await page.goto(address);
  await signIn(page, "pia@example.org");
  await expect(page).toHaveURL(/\/library/);
  await page.goto(`${address}/account`);
  await page.getByRole("button", { name: "Add a passkey" }).click();
  const dialog = page.getByRole("dialog", { name: "Add a passkey" });
  await dialog.getByLabel("Name of the passkey").fill("Desk");
  await dialog.getByRole("button", { name: "Continue" }).click();
  await keepCodes(page);
  await expect(page.getByText(/^Added .*, not used yet$/)).toBeVisible();
  await ownMenu(page, "Pia Passkey", "Sign out");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page).toHaveURL(/\/library/);
  const { passkeys } = await own<Factors>(page, "/api/v1/me/factors");
  expect(passkeys).toMatchObject([{ name: "Desk", used: expect.any(String) }]);
  await page.goto(`${address}/account`);
  await page.getByRole("button", { name: "Remove the passkey “Desk”" }).click();
  await page
    .getByRole("dialog", { name: "Remove the passkey?" })
    .getByRole("button", { name: "Remove" })
    .click();
  await expect(page.getByText("Desk", { exact: true })).toHaveCount(0);
  expect((await own<Factors>(page, "/api/v1/me/factors")).passkeys).toEqual([]);
  // It is still on the device, but known here no more.
  await ownMenu(page, "Pia Passkey", "Sign out");
  await page.getByRole("button", { name: "Sign in with a passkey" }).click();
  await expect(page.getByRole("alert")).toContainText("This passkey is not known here.");
});

test("a provider of identities lets in whom it vouches for, to the place that was wanted", async ({
  page,
}) => {
  test.skip(!isFetched, "scripts/fetch-clients has not fetched the provider");
  const outside = await provider();
  const program = await Program.start({}, OWNER);
  try {
    // It has to be told its own address, which it has only now.
    await program.end();
    Object.assign(program.settings, outside.settings(program.address));
    await program.begin();
    await page.goto(`${program.address}/search?q=lighthouse`);
    const vouch = async (name: string) => {
      await page.getByRole("link", { name: "Sign in with your organisation" }).click();
      await page.getByPlaceholder("Enter any login").fill(name);
      await page.getByPlaceholder("and password").fill("anything");
      await page.getByRole("button", { name: "Sign-in" }).click();
      await page.getByRole("button", { name: "Continue" }).click();
    };
    await vouch("grace");
    await expect(page).toHaveURL(/\/search\?q=lighthouse/);
    const me = await own<{ user: { email: string; role: string } }>(page, "/api/v1/me");
    expect(me.user).toMatchObject({ email: "grace@example.org", role: "reader" });
    expect(page.url()).not.toContain("alx_");
    await ownMenu(page, "grace by name", "Sign out");
    await expect(page).toHaveURL(/\/sign-in/);
    // Whose address the provider has not verified stays outside.
    await page.context().clearCookies();
    await vouch("mallory");
    await expect(page.getByRole("alert")).toContainText("You were not let in.");
    await expect(page).toHaveURL(/\/sign-in$/);
    await expect(page.getByRole("link", { name: "Sign in with your organisation" })).toBeVisible();
  } finally {
    await program.remove();
    outside.end();
  }
});

test("an invitation is sent as a link and taken up once; a reader sees no administration", async ({
  page,
  browser,
}) => {
  await enter(page, OWNER);
  await page.goto(`${house.address}/admin/people`);
  await page.getByRole("button", { name: "Invite" }).click();
  const dialog = page.getByRole("dialog", { name: "Invite somebody" });
  await dialog.getByLabel("E-mail address").fill("rosa@example.org");
  await dialog.getByRole("radio", { name: "Reader" }).check();
  await dialog.getByRole("button", { name: "Invite" }).click();
  const link = await page.getByRole("textbox", { name: /link/i }).inputValue();

  const context = await browser.newContext();
  const guest = await context.newPage();
  const said = watch(guest);
  await guest.goto(link);
  await expect(guest).toHaveURL(`${house.address}/invitation`);
  await guest.getByLabel("Name", { exact: true }).fill("Rosa Reader");
  await guest.getByRole("button", { name: "Suggest one" }).click();
  await expect(guest.getByText("A good password.")).toBeVisible();
  await guest.getByRole("button", { name: "Accept the invitation" }).click();
  await expect(guest).toHaveURL(/\/library/);
  const me = await own<{ user: { name: string; role: string } }>(guest, "/api/v1/me");
  expect(me.user).toMatchObject({ name: "Rosa Reader", role: "reader" });
  const pages = guest.getByRole("navigation", { name: "Pages" }).first();
  await expect(pages.getByRole("link", { name: "Search" })).toBeVisible();
  await expect(pages.getByRole("link", { name: "Administration" })).toHaveCount(0);
  await expect(guest.getByRole("button", { name: "Put documents in" })).toHaveCount(0);
  for (const part of ["", "/people", "/settings"]) {
    await guest.goto(`${house.address}/admin${part}`);
    await expect(guest.getByRole("heading", { name: "There is nothing here" })).toBeVisible();
  }
  expect(said).toEqual([]);
  await guest.goto(`${house.address}/library`);
  // Signing out ends the session on the server as well.
  const kept = await guest.evaluate(() => localStorage.getItem("alexandria.session") ?? "{}");
  await ownMenu(guest, "Rosa Reader", "Sign out");
  await expect(guest).toHaveURL(/\/sign-in/);
  await guest.goto(`${house.address}/library`);
  await expect(guest).toHaveURL(/\/sign-in/);
  const reply = await fetch(`${house.address}/api/v1/me`, {
    headers: { Authorization: `Bearer ${JSON.parse(kept).access}` },
  });
  expect(reply.status).toBe(401);
  // The link was good once.
  await guest.goto(link);
  await guest.getByLabel("Name", { exact: true }).fill("Somebody Else");
  await guest.getByRole("textbox", { name: "Password", exact: true }).fill(PASSWORD);
  await guest.getByRole("button", { name: "Accept the invitation" }).click();
  await expect(guest.getByRole("alert")).toContainText("no open invitation");
  await context.close();
});
