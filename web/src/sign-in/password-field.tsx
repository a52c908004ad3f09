/** Boxes for passwords: one that is known, and one that is chosen. */
import { Eye, EyeOff, WandSparkles } from "lucide-react";
import { type ComponentProps, useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/parts/button";
import { TextField } from "@/parts/field";
import { isTaken, LENGTH_MIN, passphrase, type Strength, strength } from "./strength";

/** A password; a button shows what is typed. */
export function PasswordField(
  props: Omit<ComponentProps<typeof TextField>, "type"> & { shown?: boolean },
) {
  const { t } = useTranslation("sign-in");
  const { shown, ...rest } = props;
  const [open, setOpen] = useState(false);
  const visible = open || shown === true;
  return (
    <div className="relative">
      <TextField
        {...rest}
        type={visible ? "text" : "password"}
        autoCapitalize="none"
        spellCheck={false}
        className="pe-11"
      />
      <IconButton
        label={visible ? t("hidePassword") : t("showPassword")}
        aria-pressed={visible}
        className="!absolute end-0 top-6"
        onClick={() => setOpen(!visible)}
      >
        {visible ? (
          <EyeOff aria-hidden className="size-4" />
        ) : (
          <Eye aria-hidden className="size-4" />
        )}
      </IconButton>
    </div>
  );
}

/** A password to be chosen: how good it is, and one to take. */
export function NewPasswordField({
  value,
  onChange,
  email,
  label,
}: {
  value: string;
  onChange(value: string): void;
  email: string;
  label: string;
}) {
  const { t } = useTranslation("sign-in");
  const told = strength(value, email);
  const [made, setMade] = useState(false);
  const hint = useId();
  return (
    <div className="flex flex-col gap-2">
      <PasswordField
        key={made ? "made" : "typed"}
        label={label}
        value={value}
        shown={made}
        required
        minLength={LENGTH_MIN}
        maxLength={1024}
        autoComplete="new-password"
        aria-describedby={hint}
        onChange={(event) => onChange(event.target.value)}
      />
      <div className="flex items-center gap-1" aria-hidden>
        {[1, 2, 3].map((step) => (
          <span
            key={step}
            className={`h-1 flex-1 rounded-full ${step <= level(told) ? (isTaken(told) ? "bg-good" : "bg-warn") : "bg-line"}`}
          />
        ))}
      </div>
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-1">
        <p id={hint} aria-live="polite" className="min-w-0 flex-1 text-xs text-soft">
          {said(told, t)}
        </p>
        <button
          type="button"
          className="inline-flex min-h-6 items-center gap-1.5 text-xs font-medium text-accent underline-offset-2 hover:underline"
          onClick={() => {
            setMade(true);
            onChange(passphrase());
          }}
        >
          <WandSparkles aria-hidden className="size-3.5" />
          {t("suggest")}
        </button>
      </div>
    </div>
  );
}

function level(told: Strength): number {
  if (told.kind === "empty") return 0;
  if (told.kind === "good") return 3;
  return told.kind === "enough" ? 2 : 1;
}

type Say = ReturnType<typeof useTranslation<"sign-in">>["t"];

function said(told: Strength, t: Say): string {
  if (told.kind === "short") return t("passwordShort", { count: told.lacking });
  if (told.kind === "empty") return t("passwordHint", { count: LENGTH_MIN });
  if (told.kind === "repeats") return t("passwordRepeats");
  if (told.kind === "address") return t("passwordAddress");
  return told.kind === "good" ? t("passwordGood") : t("passwordEnough");
}
