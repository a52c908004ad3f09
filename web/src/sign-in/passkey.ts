/** Passkeys: what the browser and its authenticator do for us. */
import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import { api, got, type Wire } from "@/api/client";
import { knock } from "./door";

/** Whether this browser, on this page, can use them at all. */
export function canUsePasskeys(): boolean {
  return globalThis.isSecureContext && browserSupportsWebAuthn();
}

/** Whether somebody has thought better of it, or their device has. */
export function isGivenUp(error: unknown): boolean {
  return error instanceof Error && /^(NotAllowedError|AbortError)$/.test(error.name);
}

/** Whether the device has one for this library already. */
export function isThereAlready(error: unknown): boolean {
  return error instanceof Error && error.name === "InvalidStateError";
}

/** Signs in with one. */
export async function signInWithPasskey(): Promise<Wire["SignedIn"]> {
  const { options } = await knock<Wire["PasskeyOptions"]>("/api/v1/auth/passkey/options");
  const credential = await startAuthentication({
    optionsJSON: options as unknown as PublicKeyCredentialRequestOptionsJSON,
  });
  return knock("/api/v1/auth/passkey", { credential });
}

/** Makes one, and adds it under a name. */
export async function addPasskey(name: string): Promise<Wire["AddedPasskey"]> {
  const { options } = await got(api.POST("/api/v1/me/factors/passkeys/options"));
  const credential = await startRegistration({
    optionsJSON: options as unknown as PublicKeyCredentialCreationOptionsJSON,
  });
  return got(
    api.POST("/api/v1/me/factors/passkeys", {
      body: { name, credential: credential as unknown as Record<string, unknown> },
    }),
  );
}
