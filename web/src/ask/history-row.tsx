/** A conversation in the list. */
import { Link } from "@tanstack/react-router";
import { Ellipsis } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { IconButton } from "@/parts/button";
import { ConversationMenu } from "./conversation-menu";

export function HistoryRow({
  conversation,
  isCurrent,
  onChosen,
}: {
  conversation: Wire["Conversation"];
  isCurrent: boolean;
  onChosen?(): void;
}) {
  const { t } = useTranslation("ask");
  const title = conversation.title || t("untitled");
  return (
    <div
      className={`group relative flex ${conversation.excerpt ? "h-14" : "h-10"} items-center rounded-lg ${isCurrent ? "bg-tint" : "hover:bg-sunken"}`}
    >
      <Link
        to="/ask/$conversation"
        params={{ conversation: conversation.id }}
        title={title}
        dir="auto"
        className={`min-w-0 flex-1 truncate rounded-lg py-2 ps-2.5 pe-9 text-sm pointer-fine:pe-2 pointer-fine:group-hover:pe-9 pointer-fine:group-focus-within:pe-9 ${isCurrent ? "font-semibold text-accent-strong" : ""}`}
        {...(onChosen && { onClick: onChosen })}
      >
        {title}
        {conversation.excerpt && (
          <span className="block truncate text-xs font-normal text-soft">
            {conversation.excerpt}
          </span>
        )}
      </Link>
      <ConversationMenu
        conversation={conversation}
        isCurrent={isCurrent}
        trigger={
          <IconButton
            label={t("conversationMenu", { title })}
            className="absolute end-1 size-8 text-soft group-hover:opacity-100 focus-visible:opacity-100 data-[state=open]:opacity-100 pointer-fine:opacity-0 pointer-fine:group-focus-within:opacity-100"
          >
            <Ellipsis aria-hidden className="size-4" />
          </IconButton>
        }
      />
    </div>
  );
}
