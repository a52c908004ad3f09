import { beforeEach, describe, expect, it, vi } from "vitest";
import type { components } from "./schema";
import * as session from "./session";

const USER = { id: "u", name: "Olga", email: "o@example.org" } as unknown as session.User;

function signedIn(
  access: string,
  refresh: string,
  seconds = 3600,
): components["schemas"]["SignedIn"] {
  return {
    access_token: access,
    refresh_token: refresh,
    expires_in: seconds,
    must_enrol: false,
    session_ends: "2030-01-01T00:00:00Z",
    token_type: "Bearer",
    user: USER,
  };
}

const renewals: string[] = [];
let reply: () => Response | Promise<Response>;

beforeEach(() => {
  session.end();
  renewals.length = 0;
  vi.stubGlobal("fetch", async (_: string, init: RequestInit) => {
    renewals.push(JSON.parse(String(init.body)).refresh_token);
    return reply();
  });
});

describe("a session", () => {
  it("renews an access token that is about to end, once for all who ask at the same time", async () => {
    session.begin(signedIn("a1", "r1", 10));
    reply = () => Response.json(signedIn("a2", "r2"));
    const tokens = await Promise.all([
      session.accessToken(),
      session.accessToken(),
      session.accessToken(),
    ]);
    expect(tokens).toEqual(["a2", "a2", "a2"]);
    expect(renewals).toEqual(["r1"]);
  });

  it("that has ended is known as expired, and whoever waits goes on after the next sign-in", async () => {
    session.begin(signedIn("a1", "r1", 10));
    reply = () => new Response("{}", { status: 401 });
    await expect(session.accessToken()).resolves.toBeUndefined();
    expect(session.current()).toMatchObject({ kind: "expired", user: USER });
    let on = false;
    const waiting = session.signedInAgain().then(() => {
      on = true;
    });
    await Promise.resolve();
    expect(on).toBe(false);
    session.begin(signedIn("a3", "r3"));
    await waiting;
    expect(on).toBe(true);
  });

  it("is not given up because nobody answers", async () => {
    session.begin(signedIn("a1", "r1", 10));
    reply = () => Promise.reject(new TypeError("no network"));
    await expect(session.accessToken()).rejects.toMatchObject({ name: "Unreachable" });
    expect(session.current().kind).toBe("somebody");
  });
});
