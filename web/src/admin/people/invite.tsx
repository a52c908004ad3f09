/** Inviting somebody. The link is shown once: only its digest is kept. */
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { useMe } from "@/app/identity";
import { TextField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { useFormats } from "@/parts/format";
import { ShownOnce } from "../parts/shown-once";
import { useDoing } from "../parts/use-doing";
import { type Role, rolesToGive } from "../roles";
import { useWords } from "../words";
import { RoleChoice } from "./acts";

/** Where whoever is invited goes; the token stays in the browser, which sends no fragment. */
export function invitationLink(token: string): string {
  return `${location.origin}/invitation#token=${encodeURIComponent(token)}`;
}

export function InviteDialog({ onClose }: { onClose(): void }) {
  const { t } = useWords();
  const formats = useFormats();
  const me = useMe();
  const [email, setEmail] = useState("");
  const [role, setRole] = useState<Role>("reader");
  const [made, setMade] = useState<Wire["Invited"] | undefined>();
  const invite = useDoing(
    (body: Wire["NewInvitation"]) => got(api.POST("/api/v1/invitations", { body })),
    { changes: [["invitations"], ["audit"]], quiet: true, onDone: setMade },
  );
  if (made) {
    return (
      <ShownOnce
        title={t("invited", { email: made.email })}
        text={t("invitedText", { date: formats.date(made.expires) })}
        secretLabel={t("invitationLink")}
        secret={invitationLink(made.token)}
        onClose={onClose}
      />
    );
  }
  return (
    <FormDialog
      title={t("inviteTitle")}
      submit={t("invite")}
      busy={invite.isPending}
      error={invite.error}
      onSubmit={() => {
        invite.mutate({ email: email.trim(), role });
      }}
      onClose={onClose}
    >
      <TextField
        label={t("email")}
        type="email"
        required
        value={email}
        onChange={(event) => setEmail(event.target.value)}
        autoComplete="off"
      />
      <RoleChoice roles={rolesToGive(me?.scopes ?? [])} value={role} onChange={setRole} />
    </FormDialog>
  );
}
