// Where the build goes: the folder that the command line names, or `dist`.
import { resolve } from "node:path";

/** The folder of the built files. */
export function outDir() {
  return resolve(process.env.ALEXANDRIA_WEB_OUT ?? "dist");
}
