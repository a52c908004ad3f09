/** How amounts and days of usage are written. */
import { useTranslation } from "react-i18next";
import { localeOf, useFormats } from "@/parts/format";
import type { Measure } from "./figures";

export function useShow(measure: Measure) {
  const { i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const formats = useFormats();
  const money = measure === "cost";
  const short = (amount: number) =>
    new Intl.NumberFormat(locale, {
      notation: "compact",
      ...(money && {
        style: "currency",
        currency: "USD",
        currencyDisplay: "narrowSymbol",
        // "$0.60" beside "$0.45", and "$2" beside "$4".
        minimumFractionDigits: amount < 1 && amount > 0 ? 2 : 0,
        maximumFractionDigits: 2,
      }),
    }).format(amount);
  const day = new Intl.DateTimeFormat(locale, {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  return {
    show: (amount: number) => (money ? formats.usd(amount) : formats.number(amount)),
    showShort: short,
    dayOf: (date: string) => day.format(new Date(`${date}T00:00:00Z`)),
  };
}
