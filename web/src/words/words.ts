/**
 * The words of the application, in catalogues: one file for each language and area
 * (`words/en/library.json`). A language is fetched when it is wanted, an area with its pages.
 */
import i18next, { type BackendModule } from "i18next";
import { initReactI18next } from "react-i18next";

/** The languages that there are catalogues of, each under its own name. */
export const LANGUAGES = {
  en: "English",
  de: "Deutsch",
  es: "Español",
  fr: "Français",
  zh: "中文",
} as const;

export type Language = keyof typeof LANGUAGES;

const PLACE = "alexandria.language";
/** Languages that are written from right to left; a catalogue in one needs nothing else. */
const RIGHT_TO_LEFT = new Set(["ar", "fa", "he", "ur"]);

const catalogues = import.meta.glob<Record<string, string>>("./*/*.json", { import: "default" });

const backend: BackendModule = {
  type: "backend",
  init() {},
  read(language, area, done) {
    const load = catalogues[`./${language}/${area}.json`];
    if (!load) {
      done(null, {});
      return;
    }
    load().then(
      (words) => done(null, words),
      (error: Error) => done(error, null),
    );
  },
};

/** The language that was chosen, or else the first of the browser's that there is. */
export function preferred(): Language {
  const chosen = localStorage.getItem(PLACE);
  const wanted = [chosen, ...(navigator.languages ?? [])];
  for (const tag of wanted) {
    const language = tag?.split("-")[0]?.toLowerCase();
    if (language && language in LANGUAGES) return language as Language;
  }
  return "en";
}

/** Speaks another language from now on, also at the next visit. */
export async function speak(language: Language): Promise<void> {
  localStorage.setItem(PLACE, language);
  await i18next.changeLanguage(language);
}

/** Fetches the words of an area, so that they are there when its pages are. */
export async function fetchWords(area: string): Promise<void> {
  // The file is on its way before the catalogues are set up, which then find it here.
  await Promise.all([catalogues[`./${preferred()}/${area}.json`]?.(), prepared]);
  await i18next.loadNamespaces(area);
}

let prepared: Promise<void> | undefined;

/** Sets up the catalogues; settles when the common words are there. */
export function prepare(language: Language = preferred()): Promise<void> {
  prepared = setUp(language);
  return prepared;
}

async function setUp(language: Language): Promise<void> {
  i18next.on("languageChanged", (now) => {
    document.documentElement.lang = now;
    document.documentElement.dir = RIGHT_TO_LEFT.has(now) ? "rtl" : "ltr";
  });
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: "en",
      // English stands in for what another catalogue lacks; a test sees to it that none lacks anything.
      partialBundledLanguages: true,
      ns: ["common"],
      defaultNS: "common",
      keySeparator: false,
      nsSeparator: ":",
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
}
