/** Signing in again above whatever page is open, when a session has ended. What was typed stays. */
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import * as session from "@/api/session";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { SignInForm } from "./sign-in-form";

export default function SignInAgain({ user }: { user: session.User }) {
  const { t } = useTranslation("sign-in");
  const enter = (signedIn: Wire["SignedIn"]) => {
    if (signedIn.user.id === user.id) {
      session.begin(signedIn);
      return;
    }
    // The page is somebody else's: it is left before anything that waits in it is sent.
    session.handOver(signedIn);
    location.assign("/library");
  };
  return (
    <Dialog open onClose={() => undefined} title={t("againTitle")} closable={false}>
      <p className="mb-5 text-sm text-soft">{t("againText")}</p>
      <SignInForm email={user.email} onSignedIn={enter} stay />
      <div className="mt-4 mb-2 flex justify-center">
        <Button
          look="quiet"
          onClick={() => {
            session.end();
            location.assign("/sign-in");
          }}
        >
          {t("someoneElse")}
        </Button>
      </div>
    </Dialog>
  );
}
