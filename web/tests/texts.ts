/** Texts and files that the tests put in. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A text of our own, about things that are nowhere else. */
export const HARBOUR = `# The harbour of Orvane

## The lighthouse

The lighthouse of Orvane was built by Sela Marrow in 1874. It stands on the northern mole and is 41 metres high.
Its lamp burned rapeseed oil until 1902, when it was replaced by an electric one.

## The fishery

The fishing fleet of Orvane counted 63 boats in 1910. Herring was salted in the long hall beside the quay.

## The ferry

A ferry crosses to the island of Tern twice a day. It was stopped in the winter of 1929, when the strait froze.
`;

/** Another, for somebody else. */
export const GARDEN = `# The garden of Velm

The glasshouse of Velm holds 212 kinds of orchids. Its gardener, Ivo Brandt, planted the avenue of limes in 1931.
`;

/** Where real files lie beside the checkout; nothing where they do not. */
const DATA = join(import.meta.dirname, "../../../shared/data");

/** A real file, or nothing: what needs it then says that it did not run. */
export function real(path: string): { name: string; buffer: Buffer; mimeType: string } | undefined {
  const whole = join(DATA, path);
  if (!existsSync(whole)) return undefined;
  return {
    name: path.split("/").at(-1) ?? path,
    buffer: readFileSync(whole),
    mimeType: "application/octet-stream",
  };
}
