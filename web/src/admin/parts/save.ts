/** Files that the server makes, saved under a name. */
import { fetchPath } from "@/api/client";

/** How long the browser may take to begin writing what it was given. */
const KEPT_MS = 60_000;

/** Fetches a path as whoever is signed in, and saves it. */
export async function save(path: string, name: string): Promise<void> {
  const response = await fetchPath(path);
  const address = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), KEPT_MS);
}
