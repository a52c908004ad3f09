/** Settings as the server tells them, found by words and put in groups. */

import type { Wire } from "@/api/client";

/** A setting in force. */
export type Setting = Wire["Setting"];

/** The settings in which every word is found, by the first part of their keys, in their order. */
export function grouped(
  settings: readonly Setting[],
  find: string,
  changed: boolean,
): [string, Setting[]][] {
  const words = find.toLowerCase().split(/\s+/).filter(Boolean);
  const found = settings.filter((setting) => {
    if (changed && setting.source === "default") return false;
    const text = [setting.key, ...setting.environment, setting.about, setting.value ?? ""]
      .join("\n")
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
  return [...Map.groupBy(found, (setting) => setting.key.split(".")[0] ?? setting.key)];
}
