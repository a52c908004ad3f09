/** Light, language, keys; and for somebody who has signed in, their account. */
import { useNavigate } from "@tanstack/react-router";
import { Keyboard, Languages, LogOut, SunMoon, UserRound } from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/parts/button";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "@/parts/menu";
import { LANGUAGES, type Language, speak } from "@/words/words";
import { signOut, useMe } from "./identity";
import { choose, type Theme, useTheme } from "./theme";

export function OwnMenu({ onHelp }: { onHelp(): void }) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const me = useMe();
  const { chosen } = useTheme();
  const themes: readonly { value: Theme; label: string }[] = [
    { value: "system", label: t("themeSystem") },
    { value: "light", label: t("themeLight") },
    { value: "dark", label: t("themeDark") },
  ];
  return (
    <Menu
      trigger={
        <IconButton label={me?.user ? t("ownMenuOf", { name: me.user.name }) : t("ownMenu")}>
          {me?.user ? (
            <UserRound aria-hidden className="size-5" />
          ) : (
            <SunMoon aria-hidden className="size-5" />
          )}
        </IconButton>
      }
    >
      {me?.user && (
        <>
          <MenuLabel>{me.user.name}</MenuLabel>
          <MenuItem
            icon={<UserRound aria-hidden className="size-4" />}
            onSelect={() => void navigate({ to: "/account" })}
          >
            {t("account")}
          </MenuItem>
          <MenuLine />
        </>
      )}
      <MenuLabel>{t("theme")}</MenuLabel>
      <MenuChoice value={chosen} onChange={(value) => choose(value as Theme)} choices={themes} />
      <MenuLine />
      <MenuLabel>
        <span className="inline-flex items-center gap-1.5">
          <Languages aria-hidden className="size-3.5" />
          {t("language")}
        </span>
      </MenuLabel>
      <MenuChoice
        value={i18n.language}
        onChange={(value) => void speak(value as Language)}
        choices={Object.entries(LANGUAGES).map(([value, name]) => ({
          value,
          label: <span lang={value}>{name}</span>,
        }))}
      />
      <MenuLine />
      <MenuItem icon={<Keyboard aria-hidden className="size-4" />} onSelect={onHelp}>
        {t("keys")}
      </MenuItem>
      {me?.user && (
        <MenuItem icon={<LogOut aria-hidden className="size-4" />} onSelect={() => void signOut()}>
          {t("signOut")}
        </MenuItem>
      )}
    </Menu>
  );
}
