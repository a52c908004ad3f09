/** Settings as the server tells them, found by words and put in groups. */

/** A setting in force. */
export interface Setting {
  /** Its key in the file of settings, such as `server.port`. */
  readonly key: string;
  /** Its names in the environment. */
  readonly environment: readonly string[];
  readonly about: string;
  /** Whether it has a value. */
  readonly set: boolean;
  /** Its value as text; absent for a secret. */
  readonly value?: string | null;
  readonly secret: boolean;
  /** The sort of place that its value came from. */
  readonly source: string;
  /** The same in words. */
  readonly from: string;
}

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
