/** Puts a text where it can be pasted from, and says so. */
import { notify } from "@/app/notices";

export async function copy(text: string, said: string): Promise<void> {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
  } else {
    // A page without TLS has no clipboard of its own; the selection of a box is copied instead.
    const box = document.createElement("textarea");
    box.value = text;
    (document.querySelector("dialog[open]") ?? document.body).append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  notify(said, { tone: "good" });
}
