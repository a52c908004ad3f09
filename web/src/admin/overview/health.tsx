/** How every part of the server does. */
import { CircleCheck, CircleMinus, CircleX } from "lucide-react";
import type { Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { useWords } from "../words";

const KNOWN = ["blobs", "database", "embedder", "generator", "text", "vectors", "redis"] as const;

/** One tile for each part. */
export function Health({ health }: { health: Wire["HealthInFull"] }) {
  const { t } = useWords();
  const formats = useFormats();
  const parts = Object.entries(health.checks);
  return (
    <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,13rem),1fr))] gap-3">
      {parts.map(([part, state]) => (
        <Tile
          key={part}
          name={isKnown(part) ? t(`part.${part}`) : t("partProvider", { name: part })}
          state={state}
          words={
            state === "ok"
              ? t("partOk", { time: milliseconds(formats, health.latencies_ms[part]) })
              : state === "off"
                ? t("partOff")
                : t("partFailed")
          }
        />
      ))}
      {health.certificate && (
        <Tile
          name={t("certificate")}
          state={health.certificate.state === "expired" ? "failed" : "ok"}
          words={
            health.certificate.expires
              ? t("certificateUntil", { date: formats.date(health.certificate.expires) })
              : t("certificateProvisional")
          }
        />
      )}
    </ul>
  );
}

function isKnown(part: string): part is (typeof KNOWN)[number] {
  return (KNOWN as readonly string[]).includes(part);
}

function milliseconds(formats: ReturnType<typeof useFormats>, value: number | undefined): string {
  return formats.number(value ?? 0, (value ?? 0) < 10 ? 1 : 0);
}

function Tile({ name, state, words }: { name: string; state: string; words: string }) {
  const Icon = state === "ok" ? CircleCheck : state === "off" ? CircleMinus : CircleX;
  const tone = state === "ok" ? "text-good" : state === "off" ? "text-soft" : "text-bad";
  return (
    <li className="flex items-start gap-3 rounded-2xl border border-line bg-surface px-4 py-3">
      <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${tone}`} />
      <div className="min-w-0">
        <p className="break-words text-sm font-medium">{name}</p>
        <p className={`text-xs ${state === "failed" ? "text-bad" : "text-soft"}`}>{words}</p>
      </div>
    </li>
  );
}
