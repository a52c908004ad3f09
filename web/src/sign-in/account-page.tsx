/** One's own account: who one is, how one signs in, where one is signed in, and what is kept of one. */
import { useQuery } from "@tanstack/react-query";
import { ShieldAlert } from "lucide-react";
import { useTranslation } from "react-i18next";
import { useMe, useStanding } from "@/app/identity";
import { LinkButton } from "@/parts/button";
import { Empty, Page } from "@/parts/page";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { ConsentPart } from "./account/consent";
import { Factors } from "./account/factors";
import { PasswordPart } from "./account/password";
import { Profile } from "./account/profile";
import { factorsQuery } from "./account/queries";
import { Sessions } from "./account/sessions";
import { TakeAlong } from "./account/take-along";

export function AccountPage() {
  const { t } = useTranslation("sign-in");
  const { t: common } = useTranslation();
  const me = useMe();
  const standing = useStanding();
  const mustEnrol = standing.kind === "somebody" && standing.session.mustEnrol;
  const user = me?.user;
  const factors = useQuery({ ...factorsQuery, enabled: Boolean(user) });
  if (!me) return <Loading />;
  if (!user) {
    return (
      <Page title={common("account")}>
        <Empty
          title={t("noAccount")}
          actions={
            <LinkButton to="/welcome" look="primary">
              {t("makeFirst")}
            </LinkButton>
          }
        >
          {t("noAccountText")}
        </Empty>
      </Page>
    );
  }
  return (
    <Page title={common("account")} lead={user.email}>
      <div className="flex max-w-3xl flex-col gap-6">
        {mustEnrol && (
          <div
            role="alert"
            className="flex items-start gap-3 rounded-xl bg-warn-tint px-4 py-3 text-sm text-warn"
          >
            <ShieldAlert aria-hidden className="mt-0.5 size-5 shrink-0" />
            <div>
              <p className="font-semibold">{t("mustEnrol")}</p>
              <p>{t("mustEnrolText")}</p>
            </div>
          </div>
        )}
        {factors.error && <Trouble error={factors.error} onRetry={() => void factors.refetch()} />}
        {!mustEnrol && (
          <>
            <Profile user={user} />
            <PasswordPart user={user} />
          </>
        )}
        {/* In one place whatever else is shown: the recovery codes of a first factor are open in it. */}
        {factors.data && <Factors factors={factors.data} />}
        {!mustEnrol && (
          <>
            <Sessions />
            <ConsentPart />
            <TakeAlong />
          </>
        )}
      </div>
    </Page>
  );
}
