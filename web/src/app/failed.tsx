/** Pages for when there is no page. */
import { type ErrorComponentProps, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { back } from "@/api/connection";
import { Unreachable } from "@/api/problem";
import { Button, LinkButton } from "@/parts/button";
import { useTitle } from "@/parts/page";
import { Trouble } from "@/parts/trouble";

/** Something of ours is broken, or a part of the application could not be fetched. */
export function Failed({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  useTitle(t("failedTitle"));
  // A page of a build before is gone after an update; the address stays.
  const outdated = /dynamically imported module|Importing a module/i.test(String(error));
  const away = error instanceof Unreachable;
  useEffect(() => {
    if (!away) return;
    let gone = false;
    // The page comes by itself as soon as the server does.
    void back().then(() => {
      if (gone) return;
      reset();
      void router.invalidate();
    });
    return () => {
      gone = true;
    };
  }, [away, reset, router]);
  return (
    <main className="mx-auto flex max-w-xl flex-col gap-4 px-4 py-16">
      <h1 className="font-serif text-2xl font-semibold">
        {outdated ? t("updatedTitle") : t("failedTitle")}
      </h1>
      {outdated ? <p>{t("updatedText")}</p> : <Trouble error={error} />}
      <div className="flex gap-2">
        <Button
          look="primary"
          onClick={() => {
            if (outdated && !away) location.reload();
            reset();
            void router.invalidate();
          }}
        >
          {outdated ? t("reload") : t("tryAgain")}
        </Button>
        <LinkButton to="/library">{t("library")}</LinkButton>
      </div>
    </main>
  );
}

/** There is nothing at this address. */
export function Lost() {
  const { t } = useTranslation();
  useTitle(t("lostTitle"));
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-4 px-4 py-16">
      <h1 className="font-serif text-2xl font-semibold">{t("lostTitle")}</h1>
      <p className="text-soft">{t("lostText")}</p>
      <LinkButton to="/library" look="primary">
        {t("library")}
      </LinkButton>
    </div>
  );
}
