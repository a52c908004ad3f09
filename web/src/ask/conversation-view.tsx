/** A conversation that has begun. */
import { useQuery } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { Problem } from "@/api/problem";
import { IconButton, LinkButton } from "@/parts/button";
import { Empty, useTitle } from "@/parts/page";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { useBeside } from "./beside";
import { ConversationMenu } from "./conversation-menu";
import { exchanges } from "./exchange";
import { Frame } from "./frame";
import { useOthers } from "./others";
import { conversationQuery } from "./queries";
import { useLives } from "./talk";
import { Talk } from "./talk-view";

const NO_TURNS: readonly Wire["Turn"][] = [];

export function ConversationView({ conversation }: { conversation: string }) {
  const { t } = useTranslation(["ask", "common"]);
  const query = useQuery(conversationQuery(conversation));
  const everything = useLives();
  const lives = useMemo(
    () => everything.filter((live) => live.conversation === conversation),
    [everything, conversation],
  );
  const turns = query.data?.turns;
  const others = useOthers(turns ?? NO_TURNS);
  const all = useMemo(() => exchanges(turns ?? NO_TURNS, lives, others), [turns, lives, others]);
  const beside = useBeside();
  const kept = query.data?.conversation;
  const title = kept?.title || all[0]?.question || t("untitled");
  useTitle(title);
  const gone = query.error instanceof Problem && query.error.status === 404;
  return (
    <Frame
      current={conversation}
      target={beside.target}
      onCloseReader={beside.close}
      bar={
        <>
          <h1 dir="auto" className="min-w-0 truncate px-1 text-sm font-semibold">
            {gone ? t("gone") : title}
          </h1>
          {kept && (
            <ConversationMenu
              conversation={kept}
              isCurrent
              trigger={
                <IconButton label={t("conversationMenu", { title })}>
                  <Ellipsis aria-hidden className="size-4" />
                </IconButton>
              }
            />
          )}
        </>
      }
    >
      {query.isPending && all.length === 0 && <Loading />}
      {query.isError && all.length === 0 && (
        <div className="mx-auto w-full max-w-2xl px-4 py-10">
          {gone ? (
            <Empty
              title={t("gone")}
              actions={
                <LinkButton to="/ask" look="primary">
                  {t("newConversation")}
                </LinkButton>
              }
            >
              {t("goneText")}
            </Empty>
          ) : (
            <Trouble error={query.error} onRetry={() => void query.refetch()} />
          )}
        </div>
      )}
      {(query.isSuccess || all.length > 0) && (
        <Talk
          key={conversation}
          conversation={conversation}
          all={all}
          lives={lives}
          beside={beside}
        />
      )}
    </Frame>
  );
}
