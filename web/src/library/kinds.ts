/** What the formats of documents are called, and the pictures for them. */
import {
  Braces,
  FileText,
  FileType,
  Globe,
  Image,
  type LucideIcon,
  Mail,
  Presentation,
  Sheet,
} from "lucide-react";
import { useTranslation } from "react-i18next";

/** Formats that are read, in the order in which people meet them; names that are the same everywhere stand here. */
const NAMES = {
  pdf: "PDF",
  epub: "EPUB",
  docx: "Word",
  pptx: "PowerPoint",
  xlsx: "Excel",
  xlsb: "Excel (XLSB)",
  xls: "Excel (XLS)",
  ods: "ODS",
  odt: "ODT",
  html: null,
  markdown: "Markdown",
  text: null,
  csv: "CSV",
  rtf: "RTF",
  eml: null,
  image: null,
  json: "JSON",
  xml: "XML",
} as const;

/** All formats, for a list to choose from. */
export const FORMATS = Object.keys(NAMES);

const PICTURES: Record<string, LucideIcon> = {
  html: Globe,
  image: Image,
  eml: Mail,
  pptx: Presentation,
  xlsx: Sheet,
  xlsb: Sheet,
  xls: Sheet,
  ods: Sheet,
  csv: Sheet,
  json: Braces,
  xml: Braces,
  docx: FileType,
  odt: FileType,
  rtf: FileType,
};

/** The picture for a format. */
export function formatPicture(format: string): LucideIcon {
  return PICTURES[format] ?? FileText;
}

/** The name of a format in the language that is spoken. */
export function useFormatName(): (format: string) => string {
  const { t } = useTranslation("library");
  return (format) => {
    switch (format) {
      case "html":
        return t("formatHtml");
      case "text":
        return t("formatText");
      case "eml":
        return t("formatEml");
      case "image":
        return t("formatImage");
      default:
        return NAMES[format as keyof typeof NAMES] ?? format.toUpperCase();
    }
  };
}
