/** What kinds of files are called, and where in one a passage stands. */
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";

/** Names that are the same in every language. */
const PROPER: Record<string, string> = {
  docx: "Word",
  epub: "EPUB",
  json: "JSON",
  markdown: "Markdown",
  ods: "OpenDocument (ods)",
  odt: "OpenDocument",
  pdf: "PDF",
  pptx: "PowerPoint",
  rtf: "RTF",
  xls: "Excel (xls)",
  xlsb: "Excel (xlsb)",
  xlsx: "Excel",
  xml: "XML",
};
const OWN = ["csv", "eml", "html", "image", "text"] as const;

/** What a kind of file is called. */
export function useFormatName(): (format: string) => string {
  const { t } = useTranslation("search");
  return (format) => {
    const own = OWN.find((name) => name === format);
    return PROPER[format] ?? (own ? t(`format_${own}`) : format.toUpperCase());
  };
}

/** Where a passage stands: the page or part, and the headings above it. */
export function usePlaceName(): (place: Wire["Place"], title: string) => string[] {
  const { t } = useTranslation("search");
  return (place, title) => {
    const sections = place.section.filter((name) => name.trim() !== "" && name !== title);
    const part =
      place.part && !sections.includes(place.part) && place.part !== title ? [place.part] : [];
    return [
      ...(place.page ? [t("page", { page: place.page })] : part),
      ...(sections.length > 0 ? [sections.join(" › ")] : []),
    ];
  };
}
