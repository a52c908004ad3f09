/** The keys of programs: made, shown once, put in another's place, taken away. */
import { KeyRound, Plus } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { useMe } from "@/app/identity";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Empty, Page } from "@/parts/page";
import { type KeyAct, KeyDialog } from "./keys/acts";
import { KeyList } from "./keys/list";
import { MakeKey } from "./keys/make";
import { More, usePaged } from "./parts/paged";
import { ShownOnce } from "./parts/shown-once";
import { Fetched } from "./parts/state";
import { NoAccounts } from "./people-page";
import { useWords } from "./words";

export function KeysPage() {
  const { t } = useWords();
  const formats = useFormats();
  const me = useMe();
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<Wire["MadeKey"] | Wire["RotatedKey"] | undefined>();
  const [act, setAct] = useState<{ kind: KeyAct; key: Wire["Key"] } | undefined>();
  const accounts = Boolean(me?.user);
  const query = usePaged(
    ["keys", "list"],
    (cursor) =>
      got(
        api.GET("/api/v1/keys", {
          params: { query: { limit: 100, ...(cursor !== undefined && { cursor }) } },
        }),
      ),
    { enabled: accounts },
  );
  if (me && !accounts) return <NoAccounts title={t("keys")} />;
  const make = (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden className="size-4" />
      {t("makeKey")}
    </Button>
  );
  return (
    <Page title={t("keys")} lead={t("keysLead")} wide actions={make}>
      <Fetched query={query}>
        {() =>
          query.items.length === 0 ? (
            <Empty icon={<KeyRound aria-hidden className="size-8" />} title={t("noKeys")}>
              {t("noKeysText")}
            </Empty>
          ) : (
            <KeyList keys={query.items} onAct={(kind, key) => setAct({ kind, key })} />
          )
        }
      </Fetched>
      <More query={query} />
      {making && (
        <MakeKey
          onClose={() => setMaking(false)}
          onMade={(key) => {
            setMaking(false);
            setMade(key);
          }}
        />
      )}
      {act && (
        <KeyDialog
          act={act.kind}
          apiKey={act.key}
          onClose={() => setAct(undefined)}
          onMade={(key) => {
            setAct(undefined);
            setMade(key);
          }}
        />
      )}
      {made && (
        <ShownOnce
          title={t("keyMade", { name: made.name })}
          text={
            "former_until" in made
              ? t("keyRotatedText", { when: formats.moment(made.former_until) })
              : t("keyMadeText")
          }
          secretLabel={t("key")}
          secret={made.key}
          onClose={() => setMade(undefined)}
        />
      )}
    </Page>
  );
}
