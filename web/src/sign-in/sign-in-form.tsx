/** Signing in, step by step: by password, passkey or provider, then a second factor where there is one. */
import { useQuery } from "@tanstack/react-query";
import { KeyRound, LogIn } from "lucide-react";
import { type FormEvent, type ReactNode, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { Problem } from "@/api/problem";
import { Button, buttonClass } from "@/parts/button";
import { TextField } from "@/parts/field";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { isSecondFactor, signIn, type Ways, waysQuery } from "./door";
import { Or } from "./frame";
import { canUsePasskeys, isGivenUp, signInWithPasskey } from "./passkey";
import { PasswordField } from "./password-field";
import { SecondStep } from "./second-step";

export interface SignInFormProps {
  /** Whose session has ended: their address stands there already. */
  email?: string;
  /** A second factor that is asked for already. */
  needed?: Wire["SecondFactorNeeded"] | undefined;
  onSignedIn(signedIn: Wire["SignedIn"]): void;
  /** Before the browser leaves for the provider of identities. */
  onLeave?(): void;
  /** Whether the page has to stay: then the provider opens beside it. */
  stay?: boolean;
}

export function SignInForm({ email, needed, onSignedIn, onLeave, stay }: SignInFormProps) {
  const ways = useQuery(waysQuery);
  const [second, setSecond] = useState(needed);
  if (ways.error) return <Trouble error={ways.error} onRetry={() => void ways.refetch()} />;
  if (!ways.data) return <Loading />;
  if (second) {
    return (
      <SecondStep needed={second} onSignedIn={onSignedIn} onBack={() => setSecond(undefined)} />
    );
  }
  return (
    <FirstStep
      ways={ways.data}
      email={email}
      onSignedIn={onSignedIn}
      onSecond={setSecond}
      oidc={<Provider stay={stay ?? false} onLeave={onLeave} />}
    />
  );
}

/** A password, a passkey, or the word of a provider. */
function FirstStep({
  ways,
  email: known,
  onSignedIn,
  onSecond,
  oidc,
}: {
  ways: Ways;
  email: string | undefined;
  onSignedIn(signedIn: Wire["SignedIn"]): void;
  onSecond(needed: Wire["SecondFactorNeeded"]): void;
  oidc: ReactNode;
}) {
  const { t } = useTranslation("sign-in");
  const passkeys = ways.passkeys && canUsePasskeys();
  const others = passkeys || ways.oidc;
  return (
    <div className="flex flex-col gap-5">
      {ways.password && <PasswordForm known={known} onSignedIn={onSignedIn} onSecond={onSecond} />}
      {ways.password && others && <Or />}
      {others && (
        <div className="flex flex-col gap-3">
          {passkeys && <PasskeyButton onSignedIn={onSignedIn} />}
          {ways.oidc && oidc}
        </div>
      )}
      {!ways.password && !others && <p className="text-sm">{t("noWay")}</p>}
    </div>
  );
}

function PasswordForm({
  known,
  onSignedIn,
  onSecond,
}: {
  known: string | undefined;
  onSignedIn(signedIn: Wire["SignedIn"]): void;
  onSecond(needed: Wire["SecondFactorNeeded"]): void;
}) {
  const { t } = useTranslation("sign-in");
  const [email, setEmail] = useState(known ?? "");
  const [password, setPassword] = useState("");
  const [tenant, setTenant] = useState("");
  const [several, setSeveral] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const box = useRef<HTMLInputElement>(null);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const reply = await signIn({
        email: email.trim(),
        password,
        ...(tenant.trim() && { tenant: tenant.trim() }),
      });
      if (isSecondFactor(reply)) onSecond(reply);
      else onSignedIn(reply);
    } catch (caught) {
      // The address is known in several tenants: which one is the next question, not a mistake.
      if (caught instanceof Problem && caught.status === 409) setSeveral(true);
      if (!(caught instanceof Problem && caught.status === 409 && !several)) {
        setError(caught);
        // The button that was pressed is shut meanwhile and has lost the focus; the password is what to mend.
        box.current?.focus();
        box.current?.select();
      }
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      {wrong(error) ? <Wrong>{t("wrong")}</Wrong> : error ? <Trouble error={error} /> : null}
      <TextField
        label={t("email")}
        type="email"
        value={email}
        required
        readOnly={known !== undefined}
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus={known === undefined}
        className={known === undefined ? "" : "bg-sunken"}
        onChange={(event) => setEmail(event.target.value)}
      />
      <PasswordField
        ref={box}
        label={t("password")}
        value={password}
        required
        autoComplete="current-password"
        autoFocus={known !== undefined}
        data-focus
        onChange={(event) => setPassword(event.target.value)}
      />
      {several && (
        <TextField
          label={t("tenant")}
          hint={t("tenantHint")}
          value={tenant}
          required
          autoFocus
          autoComplete="organization"
          onChange={(event) => setTenant(event.target.value)}
        />
      )}
      <Button look="primary" type="submit" disabled={busy} className="min-h-11">
        {busy ? t("signingIn") : t("signIn")}
      </Button>
    </form>
  );
}

function PasskeyButton({ onSignedIn }: { onSignedIn(signedIn: Wire["SignedIn"]): void }) {
  const { t } = useTranslation("sign-in");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      onSignedIn(await signInWithPasskey());
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Button disabled={busy} className="min-h-11" onClick={() => void run()}>
        <KeyRound aria-hidden className="size-4" />
        {t("withPasskey")}
      </Button>
      {isGivenUp(error) ? (
        <Wrong>{t("passkeyGivenUp")}</Wrong>
      ) : wrong(error) ? (
        <Wrong>{t("passkeyUnknown")}</Wrong>
      ) : error ? (
        <Trouble error={error} />
      ) : null}
    </>
  );
}

/** To the provider of identities: there and back, or in a tab beside a page that has to stay. */
function Provider({ stay, onLeave }: { stay: boolean; onLeave: (() => void) | undefined }) {
  const { t } = useTranslation("sign-in");
  return (
    <div className="flex flex-col gap-1">
      <a
        href="/api/v1/auth/oidc/start?return_to=/sign-in"
        {...(stay && { target: "_blank", rel: "noopener" })}
        className={buttonClass("plain", "min-h-11")}
        onClick={onLeave}
      >
        <LogIn aria-hidden className="size-4" />
        {t("withProvider")}
      </a>
      {stay && <p className="text-xs text-soft">{t("providerBeside")}</p>}
    </div>
  );
}

/** Whether somebody was not let in, for reasons that the server does not tell. */
export function wrong(error: unknown): boolean {
  return error instanceof Problem && error.status === 401;
}

/** What was not right, in our own words. */
export function Wrong({ children }: { children: ReactNode }) {
  return (
    <p role="alert" className="rounded-lg bg-bad-tint px-3.5 py-2.5 text-sm text-bad">
      {children}
    </p>
  );
}
