/** The words of the administration, with the common ones. */
import { useTranslation } from "react-i18next";

/** `t("people")`, `t("common:cancel")`. */
export function useWords() {
  return useTranslation(["admin", "common"]);
}
