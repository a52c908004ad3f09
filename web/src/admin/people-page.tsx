/** The people of the tenant: who they are, what they may do, who is invited, who has access. */
import { getRouteApi } from "@tanstack/react-router";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useMay, useMe } from "@/app/identity";
import { Button, LinkButton } from "@/parts/button";
import { Empty, Page } from "@/parts/page";
import { Segments } from "./parts/segments";
import { AccessReview } from "./people/access-review";
import { Invitations } from "./people/invitations";
import { InviteDialog } from "./people/invite";
import { PeopleList } from "./people/list";
import { useWords } from "./words";

const route = getRouteApi("/inside/admin/people");

export function PeoplePage() {
  const { t } = useWords();
  const me = useMe();
  const mayReview = useMay("audit");
  const { view } = route.useSearch();
  const navigate = route.useNavigate();
  const [inviting, setInviting] = useState(false);
  if (me && !me.user) return <NoAccounts title={t("people")} />;
  const review = mayReview && view === "review";
  return (
    <Page
      title={t("people")}
      lead={review ? t("reviewLead") : t("peopleLead")}
      wide
      actions={
        <>
          {mayReview && (
            <Segments
              label={t("shown")}
              value={review ? "review" : "people"}
              onChange={(next) =>
                void navigate({ search: next === "review" ? { view: "review" } : {} })
              }
              choices={[
                { value: "people", label: t("people") },
                { value: "review", label: t("review") },
              ]}
            />
          )}
          <Button look="primary" onClick={() => setInviting(true)}>
            <UserPlus aria-hidden className="size-4" />
            {t("invite")}
          </Button>
        </>
      }
    >
      {review ? (
        <AccessReview />
      ) : (
        <>
          <PeopleList />
          <Invitations />
        </>
      )}
      {inviting && <InviteDialog onClose={() => setInviting(false)} />}
    </Page>
  );
}

/** What stands where accounts would be managed, while there are none. */
export function NoAccounts({ title }: { title: string }) {
  const { t } = useWords();
  return (
    <Page title={title}>
      <Empty
        title={t("noAccounts")}
        actions={
          <LinkButton to="/welcome" look="primary">
            {t("firstAccount")}
          </LinkButton>
        }
      >
        {t("noAccountsText")}
      </Empty>
    </Page>
  );
}
