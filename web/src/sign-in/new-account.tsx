/** Name, password and what else makes an account: for the first owner and for whoever is invited. */
import { type FormEvent, type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/parts/button";
import { TextField } from "@/parts/field";
import { Trouble } from "@/parts/trouble";
import { NewPasswordField } from "./password-field";
import { isTaken, strength } from "./strength";

export interface NewAccount {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export function NewAccountForm({
  withEmail,
  submit: words,
  onSubmit,
  children,
}: {
  /** Whether an address has to be given, too; whoever is invited has one. */
  withEmail: boolean;
  submit: string;
  onSubmit(account: NewAccount): Promise<void>;
  children?: ReactNode;
}) {
  const { t } = useTranslation("sign-in");
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await onSubmit({ name: name.trim(), email: email.trim(), password });
    } catch (caught) {
      setError(caught);
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="flex flex-col gap-4" onSubmit={(event) => void submit(event)}>
      {error !== undefined && <Trouble error={error} />}
      <TextField
        label={t("name")}
        value={name}
        required
        autoFocus
        maxLength={200}
        autoComplete="name"
        onChange={(event) => setName(event.target.value)}
      />
      {withEmail && (
        <TextField
          label={t("email")}
          type="email"
          value={email}
          required
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => setEmail(event.target.value)}
        />
      )}
      <NewPasswordField
        label={t("password")}
        value={password}
        onChange={setPassword}
        email={email}
      />
      {children}
      <Button
        look="primary"
        type="submit"
        className="min-h-11"
        disabled={busy || !isTaken(strength(password, email))}
      >
        {busy ? t("making") : words}
      </Button>
    </form>
  );
}
