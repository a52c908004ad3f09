/** Name and telephone number. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import type { User } from "@/api/session";
import { meQuery } from "@/app/identity";
import { notify } from "@/app/notices";
import { Button } from "@/parts/button";
import { TextField } from "@/parts/field";
import { Badge } from "@/parts/page";
import { Trouble } from "@/parts/trouble";
import { Part } from "./part";

export function Profile({ user }: { user: User }) {
  const { t } = useTranslation("sign-in");
  const { t: common } = useTranslation();
  const queries = useQueryClient();
  const [name, setName] = useState(user.name);
  const [phone, setPhone] = useState(user.phone_number ?? "");
  const changed = name.trim() !== user.name || phone.trim() !== (user.phone_number ?? "");
  const save = useMutation({
    mutationFn: () =>
      got(api.PATCH("/api/v1/me", { body: { name: name.trim(), phone_number: phone.trim() } })),
    onSuccess: async () => {
      notify(t("saved"), { tone: "good" });
      await queries.invalidateQueries({ queryKey: meQuery.queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <Part title={t("profile")} aside={<Badge tone="accent">{t(`role_${user.role}`)}</Badge>}>
      <form className="flex flex-col gap-4" onSubmit={submit}>
        {save.error && <Trouble error={save.error} />}
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t("name")}
            value={name}
            required
            maxLength={200}
            autoComplete="name"
            onChange={(event) => setName(event.target.value)}
          />
          <TextField
            label={t("phone")}
            hint={t("phoneHint")}
            type="tel"
            value={phone}
            autoComplete="tel"
            onChange={(event) => setPhone(event.target.value)}
          />
        </div>
        <div>
          <Button type="submit" look="primary" disabled={!changed || save.isPending}>
            {common("save")}
          </Button>
        </div>
      </form>
    </Part>
  );
}
