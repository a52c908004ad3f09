/** Who is invited and has not come yet. */
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { Confirm } from "@/parts/dialog";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { useNames } from "../names";
import { More, usePaged } from "../parts/paged";
import { Section } from "../parts/section";
import { Fetched } from "../parts/state";
import { type Column, Table } from "../parts/table";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";

type Invitation = Wire["Invitation"];

export function Invitations() {
  const { t } = useWords();
  const formats = useFormats();
  const names = useNames();
  const [withdrawn, setWithdrawn] = useState<Invitation | undefined>();
  const query = usePaged(["invitations"], (cursor) =>
    got(
      api.GET("/api/v1/invitations", {
        params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
  const withdraw = useDoing(
    (invitation: string) =>
      api.DELETE("/api/v1/invitations/{invitation}", { params: { path: { invitation } } }),
    {
      changes: [["invitations"], ["audit"]],
      said: t("withdrawn"),
      onDone: () => setWithdrawn(undefined),
    },
  );
  const columns: Column<Invitation>[] = [
    {
      label: t("email"),
      names: true,
      cell: (one) => one.email,
    },
    { label: t("role"), cell: (one) => <Badge tone="accent">{t(`role.${one.role}`)}</Badge> },
    { label: t("invitedBy"), cell: (one) => names(one.made_by) },
    {
      label: t("open"),
      whole: true,
      cell: (one) => t("openUntil", { when: formats.ago(one.expires) }),
    },
  ];
  return (
    <Section title={t("invitations")} lead={t("invitationsLead")}>
      <Fetched query={query}>
        {() =>
          query.items.length === 0 ? (
            <p className="text-sm text-soft">{t("noInvitations")}</p>
          ) : (
            <Table
              label={t("invitations")}
              columns={columns}
              rows={query.items}
              id={(one) => one.id}
              actionsLabel={t("actions")}
              actions={(one) => (
                <Button
                  look="quiet"
                  aria-label={t("withdrawOf", { email: one.email })}
                  onClick={() => setWithdrawn(one)}
                >
                  {t("withdraw")}
                </Button>
              )}
            />
          )
        }
      </Fetched>
      <More query={query} />
      <Confirm
        open={withdrawn !== undefined}
        onClose={() => setWithdrawn(undefined)}
        onConfirm={() => withdrawn && withdraw.mutate(withdrawn.id)}
        title={t("withdrawOf", { email: withdrawn?.email ?? "" })}
        confirm={t("withdraw")}
        busy={withdraw.isPending}
      >
        <p className="text-sm">{t("withdrawText")}</p>
      </Confirm>
    </Section>
  );
}
