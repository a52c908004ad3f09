/** The first page of a new library: the first account, for those who want one. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { LockOpen, UsersRound } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button, LinkButton } from "@/parts/button";
import { TextField } from "@/parts/field";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { isSecondFactor, knock, signIn, type Ways, waysQuery } from "./door";
import { DoorFrame } from "./frame";
import { type NewAccount, NewAccountForm } from "./new-account";
import { PasswordField } from "./password-field";
import { useEntering } from "./sign-in-page";

export function WelcomePage() {
  const { t } = useTranslation("sign-in");
  const ways = useQuery(waysQuery);
  return (
    <DoorFrame title={t("welcomeTitle")} lead={t("welcomeLead")} installation={ways.data?.name}>
      {ways.error ? (
        <Trouble error={ways.error} onRetry={() => void ways.refetch()} />
      ) : !ways.data ? (
        <Loading />
      ) : ways.data.first_account ? (
        <First ways={ways.data} />
      ) : (
        <div className="flex flex-col gap-4 text-center">
          <p>{ways.data.open ? t("openAlready") : t("accountAlready")}</p>
          <LinkButton
            look="primary"
            className="min-h-11"
            to={ways.data.open ? "/library" : "/sign-in"}
          >
            {ways.data.open ? t("toLibrary") : t("signIn")}
          </LinkButton>
        </div>
      )}
    </DoorFrame>
  );
}

/** Alone and without an account, or the first account of many. */
function First({ ways }: { ways: Ways }) {
  const { t } = useTranslation("sign-in");
  const navigate = useNavigate();
  const [making, setMaking] = useState(!ways.open);
  if (!making) {
    return (
      <div className="flex flex-col gap-5">
        <Way
          icon={<LockOpen aria-hidden className="size-5" />}
          title={t("alone")}
          text={t("aloneText")}
        >
          <Button
            look="primary"
            className="min-h-11"
            onClick={() => void navigate({ to: "/library" })}
          >
            {t("goToLibrary")}
          </Button>
        </Way>
        <hr className="border-line" />
        <Way
          icon={<UsersRound aria-hidden className="size-5" />}
          title={t("together")}
          text={t("togetherText")}
        >
          <Button className="min-h-11" onClick={() => setMaking(true)}>
            {t("makeFirst")}
          </Button>
        </Way>
      </div>
    );
  }
  if (ways.first_account_needs === "machine") return <OnTheMachine />;
  return <Make ways={ways} onBack={ways.open ? () => setMaking(false) : undefined} />;
}

function Way({
  icon,
  title,
  text,
  children,
}: {
  icon: ReactNode;
  title: string;
  text: string;
  children: ReactNode;
}) {
  return (
    <section className="flex flex-col gap-3">
      <h2 className="flex items-center gap-2.5 font-serif text-lg font-semibold">
        <span className="text-accent">{icon}</span>
        {title}
      </h2>
      <p className="text-sm text-soft">{text}</p>
      {children}
    </section>
  );
}

/** The first account is made where the library runs. */
function OnTheMachine() {
  const { t } = useTranslation("sign-in");
  return (
    <div className="flex flex-col gap-4">
      <p className="text-sm">{t("onTheMachine")}</p>
      <pre className="overflow-x-auto rounded-lg bg-sunken px-4 py-3 font-mono text-sm">
        <code>alexandria init</code>
      </pre>
      <LinkButton to="/sign-in" className="min-h-11">
        {t("signIn")}
      </LinkButton>
    </div>
  );
}

function Make({ ways, onBack }: { ways: Ways; onBack: (() => void) | undefined }) {
  const { t } = useTranslation("sign-in");
  const queries = useQueryClient();
  const navigate = useNavigate();
  const enter = useEntering("/library");
  const [library, setLibrary] = useState("");
  const [key, setKey] = useState("");
  const make = async ({ name, email, password }: NewAccount) => {
    const tenant = library.trim();
    const body = { name, email, password, ...(tenant && { tenant }) };
    await knock("/api/v1/init", body, key.trim() || undefined);
    queries.removeQueries({ queryKey: waysQuery.queryKey });
    const reply = await signIn({ email, password });
    if (isSecondFactor(reply)) void navigate({ to: "/sign-in" });
    else enter(reply);
  };
  return (
    <>
      <p className="mb-5 text-sm text-soft">{t("firstText")}</p>
      <NewAccountForm withEmail submit={t("makeFirst")} onSubmit={make}>
        <TextField
          label={t("libraryName")}
          hint={t("libraryNameHint")}
          value={library}
          maxLength={200}
          autoComplete="organization"
          onChange={(event) => setLibrary(event.target.value)}
        />
        {ways.first_account_needs === "key" && (
          <PasswordField
            label={t("operatorKey")}
            hint={t("operatorKeyHint")}
            value={key}
            required
            autoComplete="off"
            onChange={(event) => setKey(event.target.value)}
          />
        )}
      </NewAccountForm>
      {onBack && (
        <div className="mt-3 flex justify-center">
          <Button look="quiet" onClick={onBack}>
            {t("back")}
          </Button>
        </div>
      )}
    </>
  );
}
