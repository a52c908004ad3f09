/** What can be done with a collection. */
import { useNavigate } from "@tanstack/react-router";
import { EllipsisVertical, MessageCircleQuestion, Pencil, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay, useMe } from "@/app/identity";
import { IconButton } from "@/parts/button";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { CollectionAccessDialog } from "./collection-access";
import { CollectionForm, CollectionRemoval } from "./collection-dialogs";
import type { Collection } from "./queries";

export function CollectionMenu({ collection }: { collection: Collection }) {
  const { t } = useTranslation("library");
  const navigate = useNavigate();
  const [open, setOpen] = useState<"form" | "access" | "removal">();
  const mayPutIn = useMay("ingest");
  const mayAsk = useMay("ask");
  // A library of one person has nobody to be kept from.
  const { user } = useMe() ?? {};
  const mayGrant = useMay("people") && Boolean(user);
  const close = () => setOpen(undefined);
  const icon = "size-4";
  if (!mayPutIn && !mayAsk) return null;
  return (
    <>
      <Menu
        trigger={
          <IconButton label={t("menuOf", { title: collection.name })}>
            <EllipsisVertical aria-hidden className="size-5" />
          </IconButton>
        }
      >
        {mayAsk && (
          <MenuItem
            icon={<MessageCircleQuestion aria-hidden className={icon} />}
            onSelect={() => void navigate({ to: "/ask", search: { collection: collection.name } })}
          >
            {t("askAboutCollection")}
          </MenuItem>
        )}
        {mayPutIn && (
          <MenuItem icon={<Pencil aria-hidden className={icon} />} onSelect={() => setOpen("form")}>
            {t("rename")}
          </MenuItem>
        )}
        {mayGrant && (
          <MenuItem
            icon={<Users aria-hidden className={icon} />}
            onSelect={() => setOpen("access")}
          >
            {t("access")}
          </MenuItem>
        )}
        {mayPutIn && (
          <>
            <MenuLine />
            <MenuItem
              danger
              icon={<Trash2 aria-hidden className={icon} />}
              onSelect={() => setOpen("removal")}
            >
              {t("removeCollection")}
            </MenuItem>
          </>
        )}
      </Menu>
      {open === "form" && <CollectionForm collection={collection} onClose={close} />}
      {open === "access" && <CollectionAccessDialog collection={collection} onClose={close} />}
      {open === "removal" && <CollectionRemoval collection={collection} onClose={close} />}
    </>
  );
}
