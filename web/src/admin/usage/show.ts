/** How amounts and days of usage are written. */
import { useTranslation } from "react-i18next";
import { useFormats } from "@/parts/format";
import type { Measure } from "./figures";

export function useShow(measure: Measure) {
  const { i18n } = useTranslation();
  const formats = useFormats();
  const money = measure === "cost";
  const short = new Intl.NumberFormat(i18n.language, {
    notation: "compact",
    ...(money && { style: "currency", currency: "USD", maximumFractionDigits: 2 }),
  });
  const day = new Intl.DateTimeFormat(i18n.language, {
    day: "numeric",
    month: "short",
    timeZone: "UTC",
  });
  return {
    show: (amount: number) => (money ? formats.usd(amount) : formats.number(amount)),
    showShort: (amount: number) => short.format(amount),
    dayOf: (date: string) => day.format(new Date(`${date}T00:00:00Z`)),
  };
}
