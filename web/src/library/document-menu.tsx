/** What can be done with one document. */
import { useNavigate } from "@tanstack/react-router";
import { BookOpen, Download, Info, MessageCircleQuestion, Search, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "@/app/identity";
import { notify } from "@/app/notices";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { useSentence } from "@/parts/trouble";
import type { Acts } from "./board";
import { download } from "./changes";
import type { Document } from "./queries";

/** Saves the original, and says so when that fails. */
export function useDownload(): (document: Document) => void {
  const say = useSentence();
  return (document) =>
    void download(document).catch((error) => notify(say(error), { tone: "bad" }));
}

interface Of {
  document: Document;
  acts: Acts;
  tabIndex?: number;
}

/** The button for it. The menu itself is made when it is first wanted: a list has thousands of them. */
export function DocumentMenu({ document, acts, tabIndex }: Of) {
  const { t } = useTranslation("library");
  const [wanted, setWanted] = useState(false);
  const button = (
    <button
      type="button"
      tabIndex={tabIndex}
      aria-haspopup="menu"
      aria-label={t("menuOf", { title: document.title })}
      onClick={wanted ? undefined : () => setWanted(true)}
      className="-me-1 shrink-0 rounded-md p-1 text-soft opacity-0 group-hover:opacity-100 hover:bg-tint hover:text-ink focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100"
    >
      {/* A letter, not a drawing: there are as many of them as rows. */}
      <span aria-hidden className="block size-4 text-center text-lg leading-4">
        ⋮
      </span>
    </button>
  );
  if (!wanted) return button;
  return (
    <Menu defaultOpen trigger={button}>
      <Choices document={document} acts={acts} />
    </Menu>
  );
}

function Choices({ document, acts }: Of) {
  const { t } = useTranslation(["library", "common"]);
  const navigate = useNavigate();
  const mayAsk = useMay("ask");
  const mayPutIn = useMay("ingest");
  const save = useDownload();
  const icon = "size-4";
  return (
    <>
      <MenuItem
        icon={<BookOpen aria-hidden className={icon} />}
        onSelect={() => acts.open(document)}
      >
        {t("open")}
      </MenuItem>
      <MenuItem
        icon={<Info aria-hidden className={icon} />}
        onSelect={() => acts.details(document)}
      >
        {t("details")}
      </MenuItem>
      {mayAsk && (
        <>
          <MenuItem
            icon={<MessageCircleQuestion aria-hidden className={icon} />}
            onSelect={() => void navigate({ to: "/ask", search: { document: document.id } })}
          >
            {t("askAbout")}
          </MenuItem>
          <MenuItem
            icon={<Search aria-hidden className={icon} />}
            onSelect={() => void navigate({ to: "/search", search: { document: document.id } })}
          >
            {t("searchIn")}
          </MenuItem>
        </>
      )}
      <MenuItem icon={<Download aria-hidden className={icon} />} onSelect={() => save(document)}>
        {t("download")}
      </MenuItem>
      {mayPutIn && (
        <>
          <MenuLine />
          <MenuItem
            danger
            icon={<Trash2 aria-hidden className={icon} />}
            onSelect={() => acts.remove([document])}
          >
            {t("common:delete")}
          </MenuItem>
        </>
      )}
    </>
  );
}
