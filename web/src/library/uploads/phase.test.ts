import { describe, expect, it } from "vitest";
import type { Wire } from "@/api/client";
import type { Reading } from "./follow";
import { phaseOf } from "./phase";
import type { Upload } from "./queue";

const upload: Upload = {
  id: 1,
  name: "a.pdf",
  kind: "file",
  labels: { collection: "Library", tags: [] },
  bytes: 1_000,
  stage: "sending",
  sent: 500,
  held: false,
};

function reading(document: Partial<Wire["Document"]>, more: Partial<Reading> = {}): Reading {
  const whole = { faults: [], chunks: 10, embedded: 0, ...document } as unknown as Wire["Document"];
  return { document: whole, gone: false, ...more };
}

const pages = { unit: "pages", kind: "index_document", done: 5, total: 10 };
const fault = { kind: "no_text", message: "nothing on it", page: 3 };

describe("where a file stands", () => {
  it.each([
    ["sending", upload, undefined],
    ["storing", { ...upload, sent: 1_000 }, undefined],
    ["held", { ...upload, held: true }, undefined],
    ["fetching", { ...upload, kind: "address" as const }, undefined],
    ["duplicate", { ...upload, stage: "duplicate" as const }, reading({ state: "reading" })],
    ["queued", { ...upload, stage: "stored" as const }, reading({ state: "queued" })],
    [
      "reading",
      { ...upload, stage: "stored" as const },
      reading({ state: "reading" }, { step: pages }),
    ],
    ["searchable", { ...upload, stage: "stored" as const }, reading({ state: "searchable" })],
    ["ready", { ...upload, stage: "stored" as const }, reading({ state: "ready" })],
    [
      "faulty",
      { ...upload, stage: "stored" as const },
      reading({ state: "ready", faults: [fault] }),
    ],
    ["failed", { ...upload, stage: "stored" as const }, reading({ state: "failed" })],
    ["gone", { ...upload, stage: "stored" as const }, reading({}, { gone: true })],
  ])("%s", (name, one, seen) => {
    expect(phaseOf(one, seen).name).toBe(name);
  });

  it("only goes forward on its way", () => {
    const stored = { ...upload, stage: "stored" as const };
    const shares = [
      phaseOf({ ...upload, sent: 0 }, undefined),
      phaseOf(upload, undefined),
      phaseOf({ ...upload, sent: 1_000 }, undefined),
      phaseOf(stored, reading({ state: "reading" })),
      phaseOf(stored, reading({ state: "reading" }, { step: pages })),
      phaseOf(stored, reading({ state: "searchable" })),
      phaseOf(stored, reading({ state: "searchable", embedded: 5 })),
      phaseOf(stored, reading({ state: "ready" })),
    ].map((phase) => phase.share);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
  });
});
