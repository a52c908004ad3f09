/** Who may reach a collection: everybody of the tenant, or those who are named. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { KeyRound, UserRound, X } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got, type Wire } from "@/api/client";
import { Button, IconButton } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { inputClass } from "@/parts/field";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import type { Collection } from "./queries";

type Access = Wire["CollectionAccess"];
const PEOPLE = 200;

export function CollectionAccessDialog({
  collection,
  onClose,
}: {
  collection: Collection;
  onClose(): void;
}) {
  const { t } = useTranslation("library");
  const queries = useQueryClient();
  const group = useId();
  const [access, setAccess] = useState(collection.access);
  const changing = useMutation({
    mutationFn: (next: Access) =>
      got(
        api.PATCH("/api/v1/collections/{collection}", {
          params: { path: { collection: collection.id } },
          body: { access: next },
        }),
      ),
    onMutate: (next) => setAccess(next),
    onError: () => setAccess(collection.access),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["collections"] }),
  });
  return (
    <Dialog open onClose={onClose} title={t("accessOf", { name: collection.name })}>
      <div className="flex flex-col gap-5 pb-4">
        {changing.error && <Trouble error={changing.error} />}
        <fieldset className="flex flex-col gap-2">
          <legend className="sr-only">{t("access")}</legend>
          {(["tenant", "granted"] as const).map((one) => (
            <label
              key={one}
              className="flex items-start gap-3 rounded-xl border border-line p-3 has-checked:border-accent has-checked:bg-tint"
            >
              <input
                type="radio"
                name={group}
                value={one}
                checked={access === one}
                disabled={changing.isPending}
                onChange={() => changing.mutate(one)}
                className="mt-1 accent-accent"
              />
              <span>
                <span className="block text-sm font-medium">
                  {t(one === "tenant" ? "accessTenant" : "accessGranted")}
                </span>
                <span className="block text-xs text-soft">
                  {t(one === "tenant" ? "accessTenantHint" : "accessGrantedHint")}
                </span>
              </span>
            </label>
          ))}
        </fieldset>
        {access === "granted" && <Granted collection={collection} />}
      </div>
    </Dialog>
  );
}

/** Those who are named, and a way to name more. */
function Granted({ collection }: { collection: Collection }) {
  const { t } = useTranslation("library");
  const queries = useQueryClient();
  const list = useId();
  const [who, setWho] = useState("");
  const key = ["collections", collection.id, "grants"];
  const path = { collection: collection.id };
  const grants = useQuery({
    queryKey: key,
    queryFn: () => got(api.GET("/api/v1/collections/{collection}/grants", { params: { path } })),
  });
  const people = useQuery({
    queryKey: ["users", "short"],
    queryFn: () => got(api.GET("/api/v1/users", { params: { query: { limit: PEOPLE } } })),
    staleTime: 60_000,
  });
  const change = useMutation({
    mutationFn: ({ actor, may }: { actor: string; may: boolean }) => {
      const params = { path: { ...path, actor } };
      const at = "/api/v1/collections/{collection}/grants/{actor}" as const;
      return got<unknown>(may ? api.PUT(at, { params }) : api.DELETE(at, { params }));
    },
    onSuccess: (_, { may }) => {
      if (may) setWho("");
      return queries.invalidateQueries({ queryKey: key });
    },
  });
  const named = (actor: string) => {
    const found = people.data?.items.find((user) => `user:${user.id}` === actor);
    return found ? `${found.name} · ${found.email}` : actor;
  };
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (who.trim() !== "") change.mutate({ actor: who.trim(), may: true });
  };
  if (grants.isPending) return <Loading />;
  return (
    <div className="flex flex-col gap-3">
      <h3 className="text-sm font-semibold">{t("grantedTo")}</h3>
      {(grants.error ?? change.error) && <Trouble error={grants.error ?? change.error} />}
      {grants.data?.items.length === 0 && (
        <p className="text-sm text-soft">{t("grantedToNobody")}</p>
      )}
      <ul className="flex flex-col divide-y divide-line">
        {grants.data?.items.map(({ actor }) => (
          <li key={actor} className="flex items-center gap-3 py-1.5 text-sm">
            {actor.startsWith("key:") ? (
              <KeyRound aria-hidden className="size-4 shrink-0 text-soft" />
            ) : (
              <UserRound aria-hidden className="size-4 shrink-0 text-soft" />
            )}
            <span className="min-w-0 flex-1 truncate">{named(actor)}</span>
            <IconButton
              label={t("takeAccess", { name: named(actor) })}
              onClick={() => change.mutate({ actor, may: false })}
            >
              <X aria-hidden className="size-4" />
            </IconButton>
          </li>
        ))}
      </ul>
      <form onSubmit={add} className="flex gap-2">
        <input
          aria-label={t("giveAccessTo")}
          placeholder={t("giveAccessTo")}
          type="text"
          list={list}
          value={who}
          onChange={(event) => setWho(event.target.value)}
          className={inputClass}
        />
        <datalist id={list}>
          {people.data?.items.map((user) => (
            <option key={user.id} value={user.email}>
              {user.name}
            </option>
          ))}
        </datalist>
        <Button type="submit" disabled={who.trim() === "" || change.isPending}>
          {t("giveAccess")}
        </Button>
      </form>
    </div>
  );
}
