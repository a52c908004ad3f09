/** Everybody in the tenant, and what can be done about each. */
import { useQuery } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { useDeferredValue, useState } from "react";
import type { Wire } from "@/api/client";
import { useMe } from "@/app/identity";
import { IconButton } from "@/parts/button";
import { TextField } from "@/parts/field";
import { useFormats } from "@/parts/format";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { Badge } from "@/parts/page";
import { everybodyQuery } from "../names";
import { Fetched } from "../parts/state";
import { type Column, Table } from "../parts/table";
import { rolesToGive } from "../roles";
import { useWords } from "../words";
import { type Act, PersonDialog } from "./acts";

type User = Wire["User"];

/** So many are shown at once; the rest is found by its name. */
const SHOWN_MAX = 200;
/** From so many on there is a box to look for somebody. */
const FIND_FROM = 8;

export function PeopleList() {
  const { t } = useWords();
  const me = useMe();
  const query = useQuery(everybodyQuery);
  const [find, setFind] = useState("");
  const wanted = useDeferredValue(find).trim().toLocaleLowerCase();
  const [act, setAct] = useState<{ kind: Act; user: User } | undefined>();
  const columns = useColumns(me?.user?.id);
  const roles = rolesToGive(me?.scopes ?? []);
  return (
    <section aria-label={t("people")} className="mb-10">
      <Fetched query={query}>
        {() => {
          const everybody = query.data ?? [];
          const found = everybody.filter((user) =>
            `${user.name}\n${user.email}`.toLocaleLowerCase().includes(wanted),
          );
          return (
            <>
              {everybody.length >= FIND_FROM && (
                <div className="mb-4 max-w-sm">
                  <TextField
                    quiet
                    label={t("findPerson")}
                    placeholder={t("findPerson")}
                    value={find}
                    onChange={(event) => setFind(event.target.value)}
                    type="search"
                    data-search
                  />
                </div>
              )}
              <Table
                label={t("people")}
                columns={columns}
                rows={found.slice(0, SHOWN_MAX)}
                id={(user) => user.id}
                actionsLabel={t("actions")}
                actions={(user) =>
                  roles.includes(user.role) && (
                    <PersonMenu
                      user={user}
                      self={user.id === me?.user?.id}
                      onAct={(kind) => setAct({ kind, user })}
                    />
                  )
                }
              />
              {found.length === 0 && <p className="mt-3 text-sm text-soft">{t("nobodyFound")}</p>}
              {found.length > SHOWN_MAX && (
                <p className="mt-3 text-sm text-soft">
                  {t("morePeople", { count: found.length - SHOWN_MAX })}
                </p>
              )}
            </>
          );
        }}
      </Fetched>
      {act && <PersonDialog act={act.kind} user={act.user} onClose={() => setAct(undefined)} />}
    </section>
  );
}

function useColumns(mine: string | undefined): Column<User>[] {
  const { t } = useWords();
  const formats = useFormats();
  return [
    {
      label: t("name"),
      names: true,
      cell: (user) => (
        <>
          <span className="block">
            {user.name}{" "}
            {user.id === mine && <span className="font-normal text-soft">({t("you")})</span>}
          </span>
          <span className="block break-all text-xs font-normal text-soft">{user.email}</span>
        </>
      ),
    },
    {
      label: t("role"),
      cell: (user) => <Badge tone="accent">{t(`role.${user.role}`)}</Badge>,
    },
    {
      label: t("state"),
      cell: (user) => (
        <Badge tone={user.state === "active" ? "good" : "warn"}>
          {user.state === "active" ? t("active") : t("suspended")}
        </Badge>
      ),
    },
    {
      label: t("signedIn"),
      whole: true,
      cell: (user) =>
        user.signed_in ? (
          <time dateTime={user.signed_in} title={formats.moment(user.signed_in)}>
            {formats.ago(user.signed_in)}
          </time>
        ) : (
          t("never")
        ),
    },
    { label: t("since"), whole: true, cell: (user) => formats.date(user.created) },
  ];
}

function PersonMenu({ user, self, onAct }: { user: User; self: boolean; onAct(act: Act): void }) {
  const { t } = useWords();
  return (
    <Menu
      trigger={
        <IconButton label={t("actionsFor", { name: user.name })}>
          <Ellipsis aria-hidden className="size-5" />
        </IconButton>
      }
    >
      {!self && <MenuItem onSelect={() => onAct("role")}>{t("changeRole")}</MenuItem>}
      <MenuItem onSelect={() => onAct("sessions")}>{t("sessions")}</MenuItem>
      <MenuItem onSelect={() => onAct("factors")}>{t("factors")}</MenuItem>
      <MenuItem onSelect={() => onAct("export")}>{t("takeData")}</MenuItem>
      {!self && (
        <>
          <MenuLine />
          <MenuItem onSelect={() => onAct(user.state === "active" ? "suspend" : "resume")}>
            {user.state === "active" ? t("suspend") : t("resume")}
          </MenuItem>
          <MenuItem danger onSelect={() => onAct("remove")}>
            {t("removePerson")}
          </MenuItem>
          <MenuItem danger onSelect={() => onAct("erase")}>
            {t("erasePerson")}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
