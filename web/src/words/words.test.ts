import { describe, expect, it } from "vitest";
import { LANGUAGES } from "./words";

type Catalogue = Record<string, string>;
const files = import.meta.glob<Catalogue>("./*/*.json", { import: "default", eager: true });
const areas = Object.keys(files)
  .filter((path) => path.startsWith("./en/"))
  .map((path) => path.slice("./en/".length));
const others = Object.keys(LANGUAGES).filter((language) => language !== "en");

/** The forms of a plural that a language needs (Unicode's plural rules). */
function forms(language: string): string[] {
  return new Intl.PluralRules(language).resolvedOptions().pluralCategories;
}

/** A key without its plural form. */
function stem(key: string): string {
  return key.replace(/_(zero|one|two|few|many|other)$/, "");
}

/** What stands in double braces, in order of the alphabet. */
function holes(text: string): string[] {
  return [...new Set(Array.from(text.matchAll(/{{\s*(\w+)/g), (match) => match[1] ?? ""))].sort();
}

describe.each(areas)("the words of %s", (area) => {
  const english = files[`./en/${area}`] as Catalogue;
  it.each(others)("are all there in %s", (language) => {
    const words = files[`./${language}/${area}`] ?? {};
    const lacking: string[] = [];
    for (const key of Object.keys(english)) {
      const plural = key !== stem(key);
      const wanted = plural ? forms(language).map((form) => `${stem(key)}_${form}`) : [key];
      for (const name of wanted) if (!words[name]?.trim()) lacking.push(name);
    }
    expect(lacking).toEqual([]);
  });
  it.each(others)("are all needed in %s", (language) => {
    const stems = new Set(Object.keys(english).map(stem));
    const words = files[`./${language}/${area}`] ?? {};
    expect(Object.keys(words).filter((key) => !stems.has(stem(key)))).toEqual([]);
  });
  it.each(others)("say the same things in %s", (language) => {
    const words = files[`./${language}/${area}`] ?? {};
    const wrong = Object.entries(words).filter(([key, text]) => {
      const like = english[key] ?? english[`${stem(key)}_other`] ?? "";
      // A singular may say its number in words.
      return key.endsWith("_one") ? false : holes(text).join() !== holes(like).join();
    });
    expect(wrong).toEqual([]);
  });
});
