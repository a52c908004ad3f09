/** The second step of signing in: a code of the authenticator, a recovery code, or a passkey. */
import { KeyRound } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { TextField } from "@/parts/field";
import { Trouble } from "@/parts/trouble";
import { knock } from "./door";
import { Or } from "./frame";
import { canUsePasskeys, isGivenUp, signInWithPasskey } from "./passkey";
import { Wrong, wrong } from "./sign-in-form";

export function SecondStep({
  needed,
  onSignedIn,
  onBack,
}: {
  needed: Wire["SecondFactorNeeded"];
  onSignedIn(signedIn: Wire["SignedIn"]): void;
  onBack(): void;
}) {
  const { t } = useTranslation("sign-in");
  const hasTotp = needed.methods.includes("totp");
  const hasRecovery = needed.methods.includes("recovery_code");
  const hasPasskey = needed.methods.includes("passkey") && canUsePasskeys();
  const [recovery, setRecovery] = useState(!hasTotp && !hasPasskey);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const run = async (work: () => Promise<Wire["SignedIn"]>) => {
    setBusy(true);
    setError(undefined);
    try {
      onSignedIn(await work());
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  const withCode = (code: string) =>
    run(() => knock("/api/v1/auth/mfa", { mfa_token: needed.mfa_token, code }));
  const asksCode = recovery || hasTotp;
  return (
    <div className="flex flex-col gap-5">
      <p className="text-sm text-soft">
        {recovery ? t("secondRecovery") : hasTotp ? t("secondTotp") : t("secondPasskey")}
      </p>
      {isGivenUp(error) ? (
        <Wrong>{t("passkeyGivenUp")}</Wrong>
      ) : wrong(error) ? (
        <Wrong>{t("wrongCode")}</Wrong>
      ) : error ? (
        <Trouble error={error} />
      ) : null}
      {asksCode && (
        <CodeForm key={String(recovery)} recovery={recovery} busy={busy} onCode={withCode} />
      )}
      {hasPasskey && (
        <>
          {asksCode && <Or />}
          <Button
            look={asksCode ? "plain" : "primary"}
            disabled={busy}
            className="min-h-11"
            onClick={() => void run(signInWithPasskey)}
          >
            <KeyRound aria-hidden className="size-4" />
            {t("withPasskey")}
          </Button>
        </>
      )}
      <div className="flex flex-wrap justify-between gap-2">
        <Button look="quiet" className="-ms-3.5" onClick={onBack}>
          {t("startAgain")}
        </Button>
        {hasRecovery && (hasTotp || hasPasskey) && (
          <Button look="quiet" className="-me-3.5" onClick={() => setRecovery(!recovery)}>
            {recovery ? t("useOther") : t("useRecovery")}
          </Button>
        )}
      </div>
    </div>
  );
}

function CodeForm({
  recovery,
  busy,
  onCode,
}: {
  recovery: boolean;
  busy: boolean;
  onCode(code: string): Promise<void>;
}) {
  const { t } = useTranslation("sign-in");
  const [code, setCode] = useState("");
  const box = useRef<HTMLInputElement>(null);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void onCode(recovery ? code.trim() : code.replace(/\s/g, "")).then(() => {
      // Only after a wrong one is there still a box: for the next try.
      setCode("");
      box.current?.focus();
    });
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={submit}>
      <TextField
        ref={box}
        label={recovery ? t("recoveryCode") : t("code")}
        value={code}
        required
        autoFocus
        data-focus
        autoComplete="one-time-code"
        inputMode={recovery ? "text" : "numeric"}
        autoCapitalize="none"
        spellCheck={false}
        minLength={6}
        maxLength={64}
        className="text-center font-mono text-lg tracking-widest"
        onChange={(event) => setCode(event.target.value)}
      />
      <Button look="primary" type="submit" disabled={busy} className="min-h-11">
        {busy ? t("signingIn") : t("goOn")}
      </Button>
    </form>
  );
}
