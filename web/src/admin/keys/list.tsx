import { useQuery } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import type { Wire } from "@/api/client";
import { useMay, useMe } from "@/app/identity";
import { IconButton } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { Badge } from "@/parts/page";
import { useNames } from "../names";
import { type Column, Table } from "../parts/table";
import { collectionNamesQuery } from "../queries";
import { useWords } from "../words";
import type { KeyAct } from "./acts";

type Key = Wire["Key"];

/** How a key stands. */
export type KeyState = "valid" | "ending" | "replaced" | "ended" | "revoked";

/** A key that ends in less than this is said to end soon. */
const SOON_MS = 14 * 86_400_000;

/** How a key stands at a moment. */
export function keyState(key: Key, now: number): KeyState {
  if (key.revoked && Date.parse(key.revoked) <= now) return "revoked";
  const end = key.expires ? Date.parse(key.expires) : Number.POSITIVE_INFINITY;
  if (end <= now) return key.successor ? "replaced" : "ended";
  if (key.successor) return "replaced";
  return end - now < SOON_MS ? "ending" : "valid";
}

const TONES = {
  valid: "good",
  ending: "warn",
  replaced: "plain",
  ended: "plain",
  revoked: "bad",
} as const;

export function KeyList({
  keys,
  onAct,
}: {
  keys: readonly Key[];
  onAct(act: KeyAct, key: Key): void;
}) {
  const { t } = useWords();
  const me = useMe();
  const columns = useColumns();
  const now = Date.now();
  // A key that was replaced goes on until its end.
  const usable = (key: Key) =>
    keyState(key, now) !== "revoked" && !(key.expires && Date.parse(key.expires) <= now);
  // Nobody changes a key that may do what they may not.
  const mine = (key: Key) => key.scopes.every((scope) => me?.scopes.includes(scope));
  return (
    <Table
      label={t("keys")}
      columns={columns}
      rows={keys}
      id={(key) => key.id}
      actionsLabel={t("actions")}
      actions={(key) =>
        usable(key) &&
        mine(key) && (
          <Menu
            trigger={
              <IconButton label={t("actionsFor", { name: key.name })}>
                <Ellipsis aria-hidden className="size-5" />
              </IconButton>
            }
          >
            {!key.successor && (
              <MenuItem onSelect={() => onAct("rotate", key)}>{t("rotateKey")}</MenuItem>
            )}
            <MenuItem danger onSelect={() => onAct("revoke", key)}>
              {t("revokeKey")}
            </MenuItem>
            <MenuLine />
            <MenuItem danger onSelect={() => onAct("compromised", key)}>
              {t("keyCompromised")}
            </MenuItem>
          </Menu>
        )
      }
    />
  );
}

function useColumns(): Column<Key>[] {
  const { t } = useWords();
  const formats = useFormats();
  const names = useNames();
  const now = Date.now();
  const collections = useQuery({ ...collectionNamesQuery, enabled: useMay("ask") }).data;
  const named = (id: string) =>
    collections?.find((one) => one.id === id)?.name ?? `…${id.slice(-8)}`;
  return [
    {
      label: t("name"),
      names: true,
      cell: (key) => (
        <>
          <span className="block">{key.name}</span>
          <span className="block font-mono text-xs font-normal text-soft">alx_key_…{key.tail}</span>
        </>
      ),
    },
    {
      label: t("state"),
      cell: (key) => {
        const state = keyState(key, now);
        return <Badge tone={TONES[state]}>{t(`keyState.${state}`)}</Badge>;
      },
    },
    {
      label: t("mayDo"),
      cell: (key) => (
        <>
          <span className="block">
            {formats.list(key.scopes.map((scope) => t(`scope.${scope}`)))}
          </span>
          {key.collections && (
            <span className="block text-xs text-soft">
              {t("onlyIn", { collections: formats.list(key.collections.map(named)) })}
            </span>
          )}
        </>
      ),
    },
    { label: t("madeBy"), cell: (key) => names(key.made_by) },
    {
      label: t("used"),
      whole: true,
      cell: (key) => (key.used ? formats.ago(key.used) : t("never")),
    },
    {
      label: t("ends"),
      whole: true,
      cell: (key) =>
        key.revoked
          ? formats.date(key.revoked)
          : key.expires
            ? formats.date(key.expires)
            : t("noEnd"),
    },
  ];
}
