// Writes src/api/schema.d.ts from the description of the API, as the tests of the server hold it: a
// change of the API that the application does not follow is an error of the types.
//
//   node scripts/types.mjs [SNAPSHOT]
import { readFileSync, writeFileSync } from "node:fs";
import openapi, { astToString } from "openapi-typescript";

const snapshot =
  process.argv[2] ??
  new URL(
    "../../crates/server/tests/door/snapshots/door__door__protocol__openapi.snap",
    import.meta.url,
  );
const text = readFileSync(snapshot, "utf8");
const description = JSON.parse(text.slice(text.indexOf("\n---\n") + "\n---\n".length));
const types = astToString(
  await openapi(description, {
    // A field with a default may be left out of what is sent.
    defaultNonNullable: false,
  }),
);
const target = new URL("../src/api/schema.d.ts", import.meta.url);
let before = "";
try {
  before = readFileSync(target, "utf8");
} catch {
  // There is none yet.
}
if (before !== types) writeFileSync(target, types);
