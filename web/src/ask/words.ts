/** Words for places, in the language that is spoken. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { PlaceWords } from "./references";

export function usePlaceWords(): PlaceWords {
  const { t } = useTranslation("ask");
  return useMemo(
    () => ({ page: (page) => t("page", { page }), item: (item) => t("item", { item }) }),
    [t],
  );
}
