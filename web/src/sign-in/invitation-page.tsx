/** The page that an invitation leads to: `#token=…` in its address, which no server ever sees. */
import { useQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { MailX } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { TextField } from "@/parts/field";
import { Empty } from "@/parts/page";
import { knock, waysQuery } from "./door";
import { DoorFrame } from "./frame";
import { NewAccountForm } from "./new-account";
import { useEntering } from "./sign-in-page";

export function InvitationPage() {
  const { t } = useTranslation("sign-in");
  const router = useRouter();
  const ways = useQuery(waysQuery);
  const enter = useEntering();
  const [token, setToken] = useState(
    () => new URLSearchParams(location.hash.slice(1)).get("token") ?? "",
  );
  const [given] = useState(token !== "");
  // It is not left in the address and the history of a machine that others may use.
  useEffect(() => {
    if (location.hash !== "") router.history.replace(location.pathname);
  }, [router]);
  return (
    <DoorFrame
      title={t("invitationTitle")}
      lead={t("invitationLead")}
      installation={ways.data?.name}
    >
      {!given && (
        <div className="mb-5">
          <Empty icon={<MailX aria-hidden className="size-7" />} title={t("noToken")}>
            {t("noTokenText")}
          </Empty>
        </div>
      )}
      <NewAccountForm
        withEmail={false}
        submit={t("accept")}
        onSubmit={async ({ name, password }) =>
          enter(
            await knock<Wire["SignedIn"]>("/api/v1/auth/invitation", {
              token: token.trim(),
              name,
              password,
            }),
          )
        }
      >
        {!given && (
          <TextField
            label={t("token")}
            value={token}
            required
            autoComplete="off"
            spellCheck={false}
            className="font-mono"
            onChange={(event) => setToken(event.target.value)}
          />
        )}
      </NewAccountForm>
      <p className="mt-6 text-center text-sm text-soft">
        {t("haveAccount")}{" "}
        <Link to="/sign-in" className="text-accent underline underline-offset-2">
          {t("signIn")}
        </Link>
      </p>
    </DoorFrame>
  );
}
