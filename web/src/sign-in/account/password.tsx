/** Another password. It ends all sessions; this browser is signed in again at once. */
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import * as session from "@/api/session";
import { notify } from "@/app/notices";
import { Button } from "@/parts/button";
import { Trouble } from "@/parts/trouble";
import { isSecondFactor, signIn } from "../door";
import { NewPasswordField, PasswordField } from "../password-field";
import { isTaken, strength } from "../strength";
import { Part } from "./part";

export function PasswordPart({ user }: { user: session.User }) {
  const { t } = useTranslation("sign-in");
  const [open, setOpen] = useState(false);
  return (
    <Part
      title={t("password")}
      text={t("passwordText")}
      aside={!open && <Button onClick={() => setOpen(true)}>{t("changePassword")}</Button>}
    >
      {open && <Change user={user} onDone={() => setOpen(false)} />}
    </Part>
  );
}

function Change({ user, onDone }: { user: session.User; onDone(): void }) {
  const { t } = useTranslation("sign-in");
  const { t: common } = useTranslation();
  const [former, setFormer] = useState("");
  const [chosen, setChosen] = useState("");
  const change = useMutation({
    mutationFn: async () => {
      await got(api.PATCH("/api/v1/me", { body: { password: { former, new: chosen } } }));
      await again(user, chosen);
    },
    onSuccess: () => {
      notify(t("passwordChanged"), { tone: "good" });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <form className="flex max-w-md flex-col gap-4" onSubmit={submit}>
      {change.error && <Trouble error={change.error} />}
      <input type="email" hidden readOnly autoComplete="username" value={user.email} />
      <PasswordField
        label={t("passwordFormer")}
        value={former}
        required
        autoFocus
        data-focus
        autoComplete="current-password"
        onChange={(event) => setFormer(event.target.value)}
      />
      <NewPasswordField
        label={t("passwordNew")}
        value={chosen}
        onChange={setChosen}
        email={user.email}
      />
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          look="primary"
          disabled={change.isPending || former === "" || !isTaken(strength(chosen, user.email))}
        >
          {t("changePassword")}
        </Button>
        <Button onClick={onDone}>{common("cancel")}</Button>
      </div>
    </form>
  );
}

/** Signs in with the new password; where that takes a second factor or a choice, the person is asked. */
async function again(user: session.User, password: string): Promise<void> {
  try {
    const reply = await signIn({ email: user.email, password });
    if (!isSecondFactor(reply) && reply.user.id === user.id) {
      session.begin(reply);
      return;
    }
  } catch {
    // The password is changed whatever comes of this; signing in is asked for below.
  }
  session.expire(user);
}
