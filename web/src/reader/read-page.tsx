/** The page on which a document is read. */
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearch } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useTitle } from "@/parts/page";
import { Reader } from "./reader";
import { documentQuery } from "./wire";

export function ReadPage() {
  const { t } = useTranslation("reader");
  const { document } = useParams({ from: "/inside/read/$document" });
  const { page, start, end, find } = useSearch({ from: "/inside/read/$document" });
  const span = useMemo(
    () => (start === undefined ? undefined : { start, end: Math.max(start, end ?? start) }),
    [start, end],
  );
  useTitle(useQuery(documentQuery(document)).data?.title ?? t("reader"));
  return (
    <Reader
      key={document}
      document={document}
      span={span}
      page={page}
      find={find}
      compact={false}
    />
  );
}
