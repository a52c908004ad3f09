/** How one moves through a conversation: from number to number, and to what was asked last. */
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { useShortcut } from "@/app/keys";
import { isStill } from "@/app/motion";

/** `j` and `k` go from number to number. */
export function useCitationKeys(list: React.RefObject<HTMLElement | null>): void {
  const { t } = useTranslation(["ask", "common"]);
  const group = t("common:ask");
  const step = (by: 1 | -1) => {
    const numbers = [...(list.current?.querySelectorAll<HTMLElement>("[data-citation]") ?? [])];
    const at = numbers.indexOf(document.activeElement as HTMLElement);
    // From outside: the first number of the last answer, or the last number of all.
    const last = [...(list.current?.querySelectorAll("[data-exchange]") ?? [])].at(-1);
    const first = numbers.findIndex((number) => last?.contains(number));
    const next = at >= 0 ? at + by : by > 0 ? first : numbers.length - 1;
    numbers[Math.max(0, Math.min(numbers.length - 1, next))]?.focus();
  };
  useShortcut({ keys: "j", label: t("keyNext"), group }, () => step(1));
  useShortcut({ keys: "k", label: t("keyPrevious"), group }, () => step(-1));
}

/** A new question stands at the top; an old conversation is opened at its last. */
export function useScroll(
  list: React.RefObject<HTMLElement | null>,
  newest: number | undefined,
  count: number,
): void {
  const seen = useRef<number | undefined>(undefined);
  const begun = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn follows from the count
  useEffect(() => {
    const articles = list.current?.querySelectorAll("[data-exchange]");
    const last = articles?.[articles.length - 1];
    if (!last) return;
    if (!begun.current) {
      begun.current = true;
      seen.current = newest;
      if (articles.length > 1) last.scrollIntoView({ block: "start" });
    } else if (newest !== undefined && newest !== seen.current) {
      seen.current = newest;
      last.scrollIntoView({ block: "start", behavior: isStill() ? "instant" : "smooth" });
    }
  }, [list, newest, count]);
}
