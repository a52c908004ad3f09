/** Why a file was not taken, as far as different things are to be done about it. */
import { Problem } from "@/api/problem";

export type Refusal = "large" | "full" | "empty" | "forbidden" | "other";

export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof Problem)) return "other";
  if (error.status === 413) return "large";
  if (error.status === 403) return /may hold/.test(error.detail) ? "full" : "forbidden";
  return error.status === 422 && /is empty/.test(error.detail) ? "empty" : "other";
}

/** Whether the same file may be taken at another time. */
export function mayComeAgain(error: unknown): boolean {
  const refusal = refusalOf(error);
  return refusal !== "large" && refusal !== "empty";
}

/** The bytes that a file may have, where the server has said so. */
export function mostOf(error: unknown): number | undefined {
  const told = error instanceof Problem ? /(\d+) bytes/.exec(error.detail)?.[1] : undefined;
  return told === undefined ? undefined : Number(told);
}
