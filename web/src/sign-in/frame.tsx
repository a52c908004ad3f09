/** What stands around the pages of people who are not let in yet. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { choose, type Theme, useTheme } from "@/app/theme";
import { useTitle } from "@/parts/page";
import { LANGUAGES, type Language, speak } from "@/words/words";

export function DoorFrame({
  title,
  lead,
  installation,
  children,
}: {
  title: string;
  lead?: ReactNode;
  /** The name of the installation, where it is known. */
  installation?: string | undefined;
  children: ReactNode;
}) {
  useTitle(title);
  const named = installation && installation !== "Alexandria" ? installation : undefined;
  return (
    <div className="flex min-h-dvh flex-col">
      <main className="mx-auto flex w-full max-w-md flex-1 flex-col justify-center px-4 py-10">
        <div className="mb-7 flex flex-col items-center gap-3 text-center">
          <img src="/icon.svg" alt="" width="56" height="56" className="size-14" />
          <p className="font-serif text-lg font-semibold text-soft">{named ?? "Alexandria"}</p>
          <h1 className="font-serif text-3xl font-semibold tracking-tight">{title}</h1>
          {lead && <p className="max-w-prose text-soft">{lead}</p>}
        </div>
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-card sm:p-8">
          {children}
        </div>
      </main>
      <Choices />
    </div>
  );
}

/** Language and light, for those who have no menu yet. */
function Choices() {
  const { t, i18n } = useTranslation();
  const { chosen } = useTheme();
  const look = "rounded-md bg-transparent px-2 py-1.5 text-sm text-soft hover:bg-sunken";
  return (
    <footer className="flex flex-wrap justify-center gap-x-4 gap-y-1 px-4 pb-6">
      <select
        aria-label={t("language")}
        value={i18n.language}
        className={look}
        onChange={(event) => void speak(event.target.value as Language)}
      >
        {Object.entries(LANGUAGES).map(([value, name]) => (
          <option key={value} value={value} lang={value} className="bg-raised text-ink">
            {name}
          </option>
        ))}
      </select>
      <select
        aria-label={t("theme")}
        value={chosen}
        className={look}
        onChange={(event) => choose(event.target.value as Theme)}
      >
        {(["system", "light", "dark"] as const).map((value) => (
          <option key={value} value={value} className="bg-raised text-ink">
            {t(value === "system" ? "themeSystem" : value === "light" ? "themeLight" : "themeDark")}
          </option>
        ))}
      </select>
    </footer>
  );
}

/** A line with a word in it, between two ways of doing the same. */
export function Or() {
  const { t } = useTranslation("sign-in");
  return (
    <div className="flex items-center gap-3 text-xs text-soft">
      <span aria-hidden className="h-px flex-1 bg-line" />
      {t("or")}
      <span aria-hidden className="h-px flex-1 bg-line" />
    </div>
  );
}
