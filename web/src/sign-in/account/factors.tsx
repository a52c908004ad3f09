/** What somebody has beside a password: an authenticator, passkeys, recovery codes. */
import { ShieldCheck } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { Badge } from "@/parts/page";
import { AuthenticatorRow } from "./authenticator";
import { Part } from "./part";
import { Passkeys } from "./passkeys";
import { RecoveryCodes, RecoveryRow } from "./recovery";

export function Factors({ factors }: { factors: Wire["Factors"] }) {
  const { t } = useTranslation("sign-in");
  const [codes, setCodes] = useState<readonly string[]>();
  const has = Boolean(factors.totp_since) || factors.passkeys.length > 0;
  const show = (made: readonly string[] | null | undefined) => {
    if (made && made.length > 0) setCodes(made);
  };
  return (
    <Part
      title={t("factors")}
      text={factors.required ? t("factorsRequired") : t("factorsText")}
      aside={
        <Badge tone={has ? "good" : "plain"}>
          {has && <ShieldCheck aria-hidden className="size-3.5" />}
          {has ? t("factorsOn") : t("factorsOff")}
        </Badge>
      }
    >
      <div className="flex flex-col divide-y divide-line">
        <AuthenticatorRow since={factors.totp_since ?? undefined} onCodes={show} />
        <Passkeys passkeys={factors.passkeys} onCodes={show} />
        {has && (
          <RecoveryRow
            left={factors.recovery_codes_left}
            withTotp={Boolean(factors.totp_since)}
            onCodes={show}
          />
        )}
      </div>
      <RecoveryCodes codes={codes} onClose={() => setCodes(undefined)} />
    </Part>
  );
}
