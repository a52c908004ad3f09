/** What a person has beside a password, and taking all of it away for somebody who has lost it. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { useFormats } from "@/parts/format";
import { ConfirmName } from "../parts/confirm-name";
import { Fetched } from "../parts/state";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";

export function FactorsDialog({ user, onClose }: { user: Wire["User"]; onClose(): void }) {
  const { t } = useWords();
  const formats = useFormats();
  const [resetting, setResetting] = useState(false);
  const path = { user: user.id };
  const query = useQuery({
    queryKey: ["users", user.id, "factors"],
    queryFn: () => got(api.GET("/api/v1/users/{user}/factors", { params: { path } })),
  });
  const reset = useDoing(() => api.DELETE("/api/v1/users/{user}/factors", { params: { path } }), {
    changes: [["users", user.id]],
    said: t("factorsReset", { name: user.name }),
    quiet: true,
    onDone: onClose,
  });
  if (resetting) {
    return (
      <ConfirmName
        name={user.name}
        title={t("resetFactorsOf", { name: user.name })}
        confirm={t("resetFactors")}
        busy={reset.isPending}
        onClose={() => setResetting(false)}
        error={reset.error}
        onConfirm={() => reset.mutate()}
      >
        <p>{t("resetFactorsText")}</p>
      </ConfirmName>
    );
  }
  const factors = query.data;
  const any = factors && (factors.totp_since || factors.passkeys.length > 0);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("factorsOf", { name: user.name })}
      footer={
        any && (
          <Button look="danger" onClick={() => setResetting(true)}>
            {t("resetFactors")}
          </Button>
        )
      }
    >
      <Fetched query={query}>
        {() =>
          factors && (
            <dl className="divide-y divide-line text-sm">
              <Fact
                name={t("authenticator")}
                value={
                  factors.totp_since
                    ? t("sinceDate", { date: formats.date(factors.totp_since) })
                    : t("none")
                }
              />
              <Fact
                name={t("passkeys")}
                value={factors.passkeys.map((one) => one.name).join(", ") || t("none")}
              />
              <Fact
                name={t("recoveryCodes")}
                value={t("recoveryLeft", { count: factors.recovery_codes_left })}
              />
              <Fact
                name={t("required")}
                value={factors.required ? t("requiredYes") : t("requiredNo")}
              />
            </dl>
          )
        }
      </Fetched>
    </Dialog>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div className="flex items-baseline justify-between gap-6 py-2.5">
      <dt className="text-soft">{name}</dt>
      <dd className="min-w-0 break-words text-end">{value}</dd>
    </div>
  );
}
