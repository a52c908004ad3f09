/** Making a key: what it may do, where, and for how long. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { type Scope, useMay, useMe } from "@/app/identity";
import { CheckField, SelectField, TextField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { useDoing } from "../parts/use-doing";
import { collectionNamesQuery } from "../queries";
import { SCOPES } from "../roles";
import { useWords } from "../words";

const ENDS = ["30", "90", "365", "date", "never"] as const;
const CLEARANCES = ["public", "internal", "confidential", "restricted"] as const;
const DAY_MS = 86_400_000;

type Ends = (typeof ENDS)[number];

export function MakeKey({
  onClose,
  onMade,
}: {
  onClose(): void;
  onMade(key: Wire["MadeKey"]): void;
}) {
  const { t } = useWords();
  const me = useMe();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["ask"]);
  const [ends, setEnds] = useState<Ends>("90");
  const [date, setDate] = useState("");
  const [clearance, setClearance] = useState("");
  const [only, setOnly] = useState<readonly string[]>([]);
  const make = useDoing((body: Wire["NewKey"]) => got(api.POST("/api/v1/keys", { body })), {
    changes: [["keys"], ["access-review"], ["audit"]],
    quiet: true,
    onDone: onMade,
  });
  const expires = endOf(ends, date, Date.now());
  return (
    <FormDialog
      wide
      title={t("makeKey")}
      submit={t("makeKey")}
      ready={scopes.length !== 0}
      busy={make.isPending}
      error={make.error}
      onSubmit={() => {
        make.mutate({
          name: name.trim(),
          scopes: [...scopes],
          ...(expires && { expires }),
          ...(clearance && { clearance: clearance as Wire["Classification"] }),
          ...(only.length > 0 && { collections: [...only] }),
        });
      }}
      onClose={onClose}
    >
      <TextField
        label={t("name")}
        hint={t("keyNameHint")}
        required
        value={name}
        onChange={(event) => setName(event.target.value)}
        autoComplete="off"
      />
      <fieldset>
        <legend className="mb-2 text-sm font-medium">{t("mayDo")}</legend>
        <div className="grid gap-2.5 sm:grid-cols-2">
          {SCOPES.filter((scope) => me?.scopes.includes(scope)).map((scope) => (
            <CheckField
              key={scope}
              label={t(`scope.${scope}`)}
              hint={t(`scopeText.${scope}`)}
              checked={scopes.includes(scope)}
              onChange={() => setScopes(toggled(scopes, scope))}
            />
          ))}
        </div>
      </fieldset>
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          label={t("ends")}
          value={ends}
          onChange={(event) => setEnds(event.target.value as Ends)}
        >
          {ENDS.map((one) => (
            <option key={one} value={one}>
              {one === "never"
                ? t("noEnd")
                : one === "date"
                  ? t("onDate")
                  : t("inDays", { count: Number(one) })}
            </option>
          ))}
        </SelectField>
        {ends === "date" && (
          <TextField
            label={t("onDate")}
            type="date"
            required
            min={new Date(Date.now() + DAY_MS).toISOString().slice(0, 10)}
            value={date}
            onChange={(event) => setDate(event.target.value)}
          />
        )}
        <SelectField
          label={t("clearance")}
          value={clearance}
          onChange={(event) => setClearance(event.target.value)}
        >
          <option value="">{t("clearanceMine")}</option>
          {CLEARANCES.map((one) => (
            <option key={one} value={one}>
              {t(`clearance.${one}`)}
            </option>
          ))}
        </SelectField>
      </div>
      <Collections only={only} onChange={setOnly} />
    </FormDialog>
  );
}

/** When a key ends: at the end of the day that was chosen, where somebody is. */
export function endOf(ends: Ends, date: string, now: number): string | undefined {
  if (ends === "never") return undefined;
  if (ends !== "date") return new Date(now + Number(ends) * DAY_MS).toISOString();
  const end = new Date(`${date}T23:59:59`);
  return Number.isNaN(end.getTime()) ? undefined : end.toISOString();
}

function toggled<T>(all: readonly T[], one: T): readonly T[] {
  return all.includes(one) ? all.filter((other) => other !== one) : [...all, one];
}

function Collections({
  only,
  onChange,
}: {
  only: readonly string[];
  onChange(only: readonly string[]): void;
}) {
  const { t } = useWords();
  const collections = useQuery({ ...collectionNamesQuery, enabled: useMay("ask") }).data ?? [];
  if (collections.length === 0) return null;
  return (
    <fieldset>
      <legend className="text-sm font-medium">{t("keyCollections")}</legend>
      <p className="mb-2 text-xs text-soft">{t("keyCollectionsHint")}</p>
      <div className="grid max-h-44 gap-2 overflow-y-auto sm:grid-cols-2">
        {collections.map((collection) => (
          <CheckField
            key={collection.id}
            label={collection.name}
            checked={only.includes(collection.id)}
            onChange={() => onChange(toggled(only, collection.id))}
          />
        ))}
      </div>
    </fieldset>
  );
}
