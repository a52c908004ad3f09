/** Why a file was not taken, as far as different things are to be done about it. */
import { Problem } from "@/api/problem";
import type { Upload } from "./queue";

export type Refusal = "large" | "full" | "empty" | "forbidden" | "other";

/** The name that the server gives to the lack of room. */
const LIBRARY_FULL = "urn:alexandria:problem:library-full";

type Tried = Pick<Upload, "kind" | "bytes" | "error">;

export function refusalOf({ kind, bytes, error }: Tried): Refusal {
  if (!(error instanceof Problem)) return "other";
  if (error.kind === LIBRARY_FULL) return "full";
  if (error.status === 413) return "large";
  if (error.status === 403) return "forbidden";
  return error.status === 422 && kind === "file" && bytes === 0 ? "empty" : "other";
}

/** Whether the same file may be taken at another time. */
export function mayComeAgain(upload: Tried): boolean {
  const refusal = refusalOf(upload);
  return refusal !== "large" && refusal !== "empty";
}

/** The bytes that a file may have, where the server has said so. */
export function mostOf(error: unknown): number | undefined {
  const told = error instanceof Problem ? /(\d+) bytes/.exec(error.detail)?.[1] : undefined;
  return told === undefined ? undefined : Number(told);
}
