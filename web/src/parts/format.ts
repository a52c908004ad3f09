/** Numbers, sizes and times in the language that is spoken. */
import { useTranslation } from "react-i18next";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;
const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/**
 * The language as it is written where somebody lives ("en-GB" for "en"), as far as their browser says
 * so: dates and numbers differ more between regions than words do.
 */
export function localeOf(language: string): string {
  const wanted = globalThis.navigator?.languages ?? [];
  return wanted.find((tag) => tag.split("-")[0] === language) ?? language;
}

const made = new Map<string, ReturnType<typeof make>>();

/** Ways to write things in a language; made once, for making them takes longer than using them. */
export function formats(language: string) {
  const known = made.get(language);
  if (known) return known;
  const fresh = make(language);
  made.set(language, fresh);
  return fresh;
}

function make(language: string) {
  const locale = localeOf(language);
  const day = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });
  const moment = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "short" });
  const numbers = new Map<string, Intl.NumberFormat>();
  const numberFormat = (options: Intl.NumberFormatOptions) => {
    const key = `${options.style} ${options.unit} ${options.maximumFractionDigits}`;
    const known = numbers.get(key) ?? new Intl.NumberFormat(locale, options);
    numbers.set(key, known);
    return known;
  };
  return {
    number: (value: number, digits = 0) =>
      numberFormat({ maximumFractionDigits: digits }).format(value),
    percent: (value: number) =>
      numberFormat({ style: "percent", maximumFractionDigits: 0 }).format(value),
    usd: (value: number) =>
      numberFormat({
        style: "currency",
        currency: "USD",
        currencyDisplay: "narrowSymbol",
        maximumFractionDigits: value !== 0 && Math.abs(value) < 0.1 ? 4 : 2,
      }).format(value),
    bytes(value: number) {
      const step = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, value)) / 3));
      const digits = step === 0 || value / 1000 ** step >= 100 ? 0 : 1;
      return numberFormat({
        style: "unit",
        unit: UNITS[step] ?? "byte",
        unitDisplay: "short",
        maximumFractionDigits: digits,
      }).format(value / 1000 ** step);
    },
    date: (value: string) => day.format(new Date(value)),
    moment: (value: string) => moment.format(new Date(value)),
    /** How long ago, or in how long. */
    ago(value: string, now = Date.now()) {
      const seconds = (new Date(value).getTime() - now) / 1000;
      const [unit, length] = STEPS.find(([, step]) => Math.abs(seconds) >= step) ?? ["second", 1];
      return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(
        Math.round(seconds / length),
        unit,
      );
    },
    /** The name of a language, from its tag. */
    language(tag: string) {
      return new Intl.DisplayNames([language], { type: "language" }).of(tag) ?? tag;
    },
    list: (values: readonly string[]) => new Intl.ListFormat(language).format(values),
  };
}

/** The same in a component. */
export function useFormats() {
  const { i18n } = useTranslation();
  return formats(i18n.language);
}
