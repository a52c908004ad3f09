/** The page for signing in; afterwards one is where one wanted to go. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { getRouteApi, Link, useRouter } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import * as session from "@/api/session";
import { meQuery } from "@/app/identity";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { isSecondFactor, knock, waysQuery } from "./door";
import { DoorFrame } from "./frame";
import { keep, kept, safePath } from "./return";
import { SignInForm, Wrong } from "./sign-in-form";

const route = getRouteApi("/sign-in");

export function SignInPage() {
  const { t } = useTranslation("sign-in");
  const { to } = route.useSearch();
  const enter = useEntering(to);
  const back = useProvider(enter);
  const ways = useQuery(waysQuery);
  const open = ways.data?.open === true;
  const goOn = useGoingOn(to);
  useEffect(() => {
    if (open) goOn();
  }, [open, goOn]);
  if (open) return <Loading />;
  return (
    <DoorFrame title={t("signIn")} installation={ways.data?.name}>
      {back.error !== undefined && (
        <div className="mb-5">
          <Trouble error={back.error} />
        </div>
      )}
      {back.refused && (
        <div className="mb-5">
          <Wrong>{t("providerRefused")}</Wrong>
        </div>
      )}
      {back.busy ? (
        <Loading label={t("signingIn")} />
      ) : (
        <SignInForm
          key={back.needed ? "second" : "first"}
          needed={back.needed}
          onSignedIn={enter}
          onLeave={() => keep(to)}
        />
      )}
      {ways.data?.first_account && (
        <p className="mt-6 text-center text-sm text-soft">
          <Link to="/welcome" className="text-accent underline underline-offset-2">
            {t("toWelcome")}
          </Link>
        </p>
      )}
    </DoorFrame>
  );
}

/** Goes to where somebody wanted to go. */
export function useGoingOn(to: string | undefined): () => void {
  const router = useRouter();
  const target = useRef(to);
  target.current = to;
  const [goOn] = useState(() => () => router.history.replace(safePath(target.current ?? kept())));
  return goOn;
}

/** Takes over a session, and goes on. */
export function useEntering(to?: string): (signedIn: Wire["SignedIn"]) => void {
  const queries = useQueryClient();
  const goOn = useGoingOn(to);
  return (signedIn) => {
    session.begin(signedIn);
    // Nobody was known until now; the pages behind the door ask again who it is.
    queries.removeQueries({ queryKey: meQuery.queryKey });
    goOn();
  };
}

/** What follows the address of somebody whom the provider, or the library, has not let in. */
const REFUSED = "#refused";

/** What the provider of identities has sent somebody back with: a code in the address, good once. */
function useProvider(enter: (signedIn: Wire["SignedIn"]) => void) {
  const router = useRouter();
  const [state, setState] = useState<{
    busy: boolean;
    refused?: boolean;
    error?: unknown;
    needed?: Wire["SecondFactorNeeded"];
  }>(() => ({
    busy: codeOf(location.hash) !== undefined,
    refused: location.hash === REFUSED,
  }));
  const begun = useRef(false);
  useEffect(() => {
    if (location.hash === REFUSED) router.history.replace(location.pathname + location.search);
    const code = codeOf(location.hash);
    if (!code || begun.current) return;
    begun.current = true;
    router.history.replace(location.pathname + location.search);
    knock<Wire["SignInReply"]>("/api/v1/auth/oidc/token", { code }).then(
      (reply) => {
        if (isSecondFactor(reply)) setState({ busy: false, needed: reply });
        else enter(reply);
      },
      (error: unknown) => setState({ busy: false, error }),
    );
  }, [router, enter]);
  return state;
}

function codeOf(hash: string): string | undefined {
  return new URLSearchParams(hash.slice(1)).get("code") ?? undefined;
}
