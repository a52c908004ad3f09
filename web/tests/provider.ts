/** A provider of identities as others run it, in a process of its own: the one that the server's tests have. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const CLIENTS = join(
  process.env.ALEXANDRIA_CACHE ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "alexandria"),
  "clients",
);
const SCRIPT = join(import.meta.dirname, "../../crates/server/tests/clients/provider.mjs");

/** Whether `scripts/fetch-clients` has fetched it. */
export const isFetched = existsSync(join(CLIENTS, "js/node_modules/oidc-provider"));

/** A provider that lets everybody in under the name that they give. */
export interface Provider {
  /** What a server on this address is told of it; whom it does not know becomes a reader. */
  settings(address: string): Record<string, string>;
  end(): void;
}

/** Starts one. */
export async function provider(): Promise<Provider> {
  const child: ChildProcess = spawn(process.execPath, [SCRIPT, join(CLIENTS, "js")], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  if (!child.stdout) throw new Error("the provider says nothing");
  const lines = createInterface(child.stdout);
  const issuer = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("exit", (code) => reject(new Error(`the provider ended with ${code}`)));
  });
  return {
    settings: (address) => ({
      ALEXANDRIA_OIDC_ISSUER: issuer,
      ALEXANDRIA_OIDC_CLIENT_ID: "library",
      ALEXANDRIA_OIDC_CLIENT_SECRET: "what & the % library: shows",
      ALEXANDRIA_OIDC_REDIRECT_URL: `${address}/api/v1/auth/oidc/callback`,
      ALEXANDRIA_OIDC_ROLE: "reader",
      ALEXANDRIA_OIDC_DOMAINS: "example.org",
      // It listens on this machine.
      ALEXANDRIA_WEB_PRIVATE_ADDRESSES: "true",
    }),
    end: () => child.stdin?.end(),
  };
}
