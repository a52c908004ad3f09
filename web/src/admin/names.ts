/** Names for who is told by an id: people and keys. */
import { useQuery } from "@tanstack/react-query";
import { api, got, type Wire } from "@/api/client";
import { useMay, useMe } from "@/app/identity";
import { useWords } from "./words";

/** How many pages of people or keys are read for their names. */
const PAGES_MAX = 10;
const PAGE = 200;

async function all<T>(
  page: (cursor: string | undefined) => Promise<{ items: T[]; next?: string | null }>,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < PAGES_MAX; pages += 1) {
    const found = await page(cursor);
    items.push(...found.items);
    if (!found.next) break;
    cursor = found.next;
  }
  return items;
}

const query = (cursor: string | undefined) => ({
  params: { query: { limit: PAGE, ...(cursor !== undefined && { cursor }) } },
});

/** Everybody, as far as there are not more than a few thousand. */
export const everybodyQuery = {
  queryKey: ["users", "all"],
  queryFn: () => all<Wire["User"]>((cursor) => got(api.GET("/api/v1/users", query(cursor)))),
  staleTime: 60_000,
};

/** Every key, the same. */
export const everyKeyQuery = {
  queryKey: ["keys", "all"],
  queryFn: () => all<Wire["Key"]>((cursor) => got(api.GET("/api/v1/keys", query(cursor)))),
  staleTime: 60_000,
};

/** What somebody is called, from `user:…`, `key:…`, `owner`, `system` or a bare id. */
export function useNames(): (actor: string) => string {
  const { t } = useWords();
  const me = useMe();
  const may = useMay("people");
  const users = useQuery({ ...everybodyQuery, enabled: may }).data;
  const keys = useQuery({ ...everyKeyQuery, enabled: may }).data;
  return (actor) => {
    if (actor === "owner") return t("actorOwner");
    if (actor === "system") return t("actorSystem");
    if (me && actor === me.actor) return me.user?.name ?? t("actorOwner");
    const id = actor.replace(/^(user|key):/, "");
    const user = users?.find((one) => one.id === id);
    if (user) return user.name;
    const key = keys?.find((one) => one.id === id);
    if (key) return t("actorKey", { name: key.name });
    const short = id.slice(-8);
    if (actor.startsWith("key:")) return t("actorKey", { name: `…${short}` });
    return actor.startsWith("user:") ? t("actorUser", { id: `…${short}` }) : actor;
  };
}
