/** What is done about a person, each in its own dialog. */
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { useMe } from "@/app/identity";
import { Confirm } from "@/parts/dialog";
import { FormDialog } from "@/parts/form-dialog";
import { ConfirmName } from "../parts/confirm-name";
import { save } from "../parts/save";
import { useDoing } from "../parts/use-doing";
import { type Role, rolesToGive } from "../roles";
import { useWords } from "../words";
import { FactorsDialog } from "./factors";
import { SessionsDialog } from "./sessions";

type User = Wire["User"];

/** What can be done. */
export type Act =
  | "role"
  | "sessions"
  | "factors"
  | "export"
  | "suspend"
  | "resume"
  | "remove"
  | "erase";

interface About {
  user: User;
  onClose(): void;
}

const CHANGES = [["users"], ["access-review"], ["audit"]];

export function PersonDialog({ act, user, onClose }: About & { act: Act }) {
  switch (act) {
    case "role":
      return <RoleDialog user={user} onClose={onClose} />;
    case "sessions":
      return <SessionsDialog user={user} onClose={onClose} />;
    case "factors":
      return <FactorsDialog user={user} onClose={onClose} />;
    case "export":
      return <ExportDialog user={user} onClose={onClose} />;
    case "suspend":
    case "resume":
      return <StateDialog user={user} onClose={onClose} />;
    default:
      return <GoodbyeDialog user={user} erase={act === "erase"} onClose={onClose} />;
  }
}

function useChange(user: User, said: string, onClose: () => void) {
  return useDoing(
    (body: Wire["UserChange"]) =>
      got(api.PATCH("/api/v1/users/{user}", { params: { path: { user: user.id } }, body })),
    { changes: CHANGES, said, onDone: onClose },
  );
}

function RoleDialog({ user, onClose }: About) {
  const { t } = useWords();
  const me = useMe();
  const [role, setRole] = useState(user.role);
  const change = useChange(user, t("roleChanged", { name: user.name }), onClose);
  return (
    <FormDialog
      title={t("changeRoleOf", { name: user.name })}
      submit={t("common:save")}
      ready={role !== user.role}
      busy={change.isPending}
      onSubmit={() => change.mutate({ role })}
      onClose={onClose}
    >
      <RoleChoice roles={rolesToGive(me?.scopes ?? [])} value={role} onChange={setRole} />
    </FormDialog>
  );
}

/** The roles that may be given, each with what it lets somebody do. */
export function RoleChoice({
  roles,
  value,
  onChange,
}: {
  roles: readonly Role[];
  value: Role;
  onChange(role: Role): void;
}) {
  const { t } = useWords();
  return (
    <fieldset className="flex flex-col gap-1">
      <legend className="mb-1 text-sm font-medium">{t("role")}</legend>
      {roles.map((role) => (
        <label
          key={role}
          className="flex cursor-pointer items-start gap-3 rounded-xl border border-transparent px-3 py-2 hover:bg-sunken has-checked:border-accent has-checked:bg-tint"
        >
          <input
            type="radio"
            name="role"
            value={role}
            checked={role === value}
            onChange={() => onChange(role)}
            className="mt-1 accent-accent"
          />
          <span className="text-sm">
            <span className="block font-medium">{t(`role.${role}`)}</span>
            <span className="block text-xs text-soft">{t(`roleText.${role}`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

function StateDialog({ user, onClose }: About) {
  const { t } = useWords();
  const active = user.state === "active";
  const { name } = user;
  const change = useChange(
    user,
    active ? t("suspendedNow", { name }) : t("resumedNow", { name }),
    onClose,
  );
  return (
    <Confirm
      open
      onClose={onClose}
      title={active ? t("suspendTitle", { name }) : t("resumeTitle", { name })}
      confirm={active ? t("suspend") : t("resume")}
      look={active ? "danger" : "primary"}
      busy={change.isPending}
      onConfirm={() => change.mutate({ state: active ? "suspended" : "active" })}
    >
      <p className="text-sm">{active ? t("suspendText") : t("resumeText")}</p>
    </Confirm>
  );
}

function ExportDialog({ user, onClose }: About) {
  const { t } = useWords();
  const take = useDoing(
    () => save(`/api/v1/users/${user.id}/export?files=false`, `${user.email}.zip`),
    { changes: [["audit"]], said: t("dataTaken"), onDone: onClose },
  );
  return (
    <FormDialog
      title={t("takeDataOf", { name: user.name })}
      submit={t("download")}
      busy={take.isPending}
      onSubmit={() => take.mutate()}
      onClose={onClose}
    >
      <p className="text-sm">{t("takeDataText")}</p>
    </FormDialog>
  );
}

/** Removing leaves what the person asked; erasing leaves nothing but a receipt. */
function GoodbyeDialog({ user, erase, onClose }: About & { erase: boolean }) {
  const { t } = useWords();
  const path = { user: user.id };
  const { name } = user;
  const go = useDoing(
    async () => {
      if (erase) await api.POST("/api/v1/users/{user}/erasure", { params: { path } });
      else await api.DELETE("/api/v1/users/{user}", { params: { path } });
    },
    {
      changes: [...CHANGES, ["erasures"]],
      said: erase ? t("erasedNow", { name }) : t("removedNow", { name }),
      quiet: true,
      onDone: onClose,
    },
  );
  return (
    <ConfirmName
      name={name}
      title={erase ? t("eraseTitle", { name }) : t("removeTitle", { name })}
      confirm={erase ? t("erasePerson") : t("removePerson")}
      busy={go.isPending}
      onClose={onClose}
      error={go.error}
      onConfirm={() => go.mutate()}
    >
      <p>{erase ? t("eraseText") : t("removeText")}</p>
    </ConfirmName>
  );
}
