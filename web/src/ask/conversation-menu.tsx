/** What can be done with a whole conversation. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileJson, FileText, Pencil, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, fetchPath, got, type Wire } from "@/api/client";
import { notify } from "@/app/notices";
import { TextField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { HELD_MS } from "@/parts/hidden";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { useSentence } from "@/parts/trouble";
import { fileName, save } from "./clipboard";
import { later, show } from "./later";
import { forget } from "./talk";

const TITLE_LENGTH_MAX = 200;
const ICON = "size-4";

export function ConversationMenu({
  conversation,
  isCurrent,
  trigger,
}: {
  conversation: Wire["Conversation"];
  isCurrent: boolean;
  trigger: ReactNode;
}) {
  const { t } = useTranslation(["ask", "common"]);
  const say = useSentence();
  const [renaming, setRenaming] = useState(false);
  const remove = useRemove();
  const take = async (format: Wire["ConversationFormat"]) => {
    try {
      const path = `/api/v1/conversations/${encodeURIComponent(conversation.id)}/export?format=${format}`;
      const response = await fetchPath(path);
      const ending = format === "json" ? "json" : "md";
      save(fileName(conversation.title, ending), await response.blob());
    } catch (error) {
      notify(say(error), { tone: "bad" });
    }
  };
  return (
    <>
      <Menu trigger={trigger}>
        <MenuItem icon={<Pencil aria-hidden className={ICON} />} onSelect={() => setRenaming(true)}>
          {t("rename")}
        </MenuItem>
        <MenuItem
          icon={<FileText aria-hidden className={ICON} />}
          onSelect={() => void take("markdown")}
        >
          {t("exportMarkdown")}
        </MenuItem>
        <MenuItem
          icon={<FileJson aria-hidden className={ICON} />}
          onSelect={() => void take("json")}
        >
          {t("exportJson")}
        </MenuItem>
        <MenuLine />
        <MenuItem
          danger
          icon={<Trash2 aria-hidden className={ICON} />}
          onSelect={() => remove(conversation, isCurrent)}
        >
          {t("common:delete")}
        </MenuItem>
      </Menu>
      {renaming && <Rename conversation={conversation} onClose={() => setRenaming(false)} />}
    </>
  );
}

/** Deletes a conversation, with some seconds to think better of it. */
function useRemove() {
  const { t } = useTranslation(["ask", "common"]);
  const say = useSentence();
  const queries = useQueryClient();
  const navigate = useNavigate();
  return (conversation: Wire["Conversation"], isCurrent: boolean) => {
    const { id } = conversation;
    later(id, async (leaving) => {
      try {
        const path = `/api/v1/conversations/${encodeURIComponent(id)}`;
        await fetchPath(path, { method: "DELETE", keepalive: leaving });
        forget(id);
        queries.removeQueries({ queryKey: ["conversations", id] });
        void queries.invalidateQueries({ queryKey: ["conversations", "with"] });
        await queries.invalidateQueries({ queryKey: ["conversations"], exact: true });
      } catch (error) {
        show(id);
        notify(say(error), { tone: "bad" });
      }
    });
    if (isCurrent) void navigate({ to: "/ask" });
    notify(t("deleted", { title: conversation.title || t("untitled") }), {
      shownMs: HELD_MS,
      action: {
        label: t("common:undo"),
        run() {
          show(id);
          if (isCurrent) {
            void navigate({ to: "/ask/$conversation", params: { conversation: id } });
          }
        },
      },
    });
  };
}

function Rename({
  conversation,
  onClose,
}: {
  conversation: Wire["Conversation"];
  onClose(): void;
}) {
  const { t } = useTranslation(["ask", "common"]);
  const queries = useQueryClient();
  const [title, setTitle] = useState(conversation.title);
  const rename = useMutation({
    mutationFn: () =>
      got(
        api.PATCH("/api/v1/conversations/{conversation}", {
          params: { path: { conversation: conversation.id } },
          body: { title: title.trim() },
        }),
      ),
    onSuccess: () => {
      void queries.invalidateQueries({ queryKey: ["conversations"] });
      onClose();
    },
  });
  return (
    <FormDialog
      title={t("rename")}
      submit={t("common:save")}
      ready={title.trim() !== ""}
      busy={rename.isPending}
      error={rename.error}
      onSubmit={() => rename.mutate()}
      onClose={onClose}
    >
      <TextField
        label={t("title")}
        value={title}
        maxLength={TITLE_LENGTH_MAX}
        onChange={(event) => setTitle(event.target.value)}
      />
    </FormDialog>
  );
}
