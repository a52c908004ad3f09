import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { SelectField } from "@/parts/field";
import { More, usePaged } from "../parts/paged";
import { Fetched } from "../parts/state";
import { useWords } from "../words";
import { SecurityList } from "./security-list";

type Kind = Wire["SecurityEventKind"];

const KINDS: readonly Kind[] = [
  "unauthenticated",
  "sign_in_failed",
  "forbidden",
  "rate_limited",
  "password_spraying",
  "brute_force",
  "token_reused",
  "mass_export",
  "scope_probing",
  "key_compromised",
];

/** All security events, of one kind if wanted. */
export function SecurityEvents() {
  const { t } = useWords();
  const [kind, setKind] = useState<Kind | "">("");
  const query = usePaged(["security-events", "list", kind], (cursor) =>
    got(
      api.GET("/api/v1/security-events", {
        params: {
          query: {
            limit: 50,
            ...(kind && { kind }),
            ...(cursor !== undefined && { cursor }),
          },
        },
      }),
    ),
  );
  return (
    <>
      <div className="mb-4 max-w-xs">
        <SelectField
          label={t("event")}
          value={kind}
          onChange={(event) => setKind(event.target.value as Kind | "")}
        >
          <option value="">{t("everyEvent")}</option>
          {KINDS.map((one) => (
            <option key={one} value={one}>
              {t(`event.${one}`)}
            </option>
          ))}
        </SelectField>
      </div>
      <Fetched query={query}>{() => <SecurityList events={query.items} />}</Fetched>
      <More query={query} />
    </>
  );
}
