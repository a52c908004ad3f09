/** What could not be read of a document: in a word, and in the server's sentence. */
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { sentence } from "./trouble";

const KINDS = [
  "encrypted",
  "malformed",
  "too_large",
  "timeout",
  "memory",
  "unsupported",
  "no_text",
  "cancelled",
] as const;

/** A sort of fault; `other` for those that a later server may tell. */
export type FaultKind = (typeof KINDS)[number] | "other";

export function faultKind({ kind }: Pick<Wire["Fault"], "kind">): FaultKind {
  return KINDS.find((one) => one === kind) ?? "other";
}

/** The server's sentence says the particulars and what to do, in English. */
export function FaultWords({ fault }: { fault: Wire["Fault"] }) {
  const { t } = useTranslation();
  return (
    <span className="min-w-0 break-words">
      <span className="font-semibold">{t(`fault.${faultKind(fault)}`)}</span>{" "}
      <span lang="en">{sentence(fault.message)}</span>
    </span>
  );
}
