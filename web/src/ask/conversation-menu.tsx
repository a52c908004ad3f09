/** What can be done with a whole conversation. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { FileJson, FileText, Pencil, Trash2 } from "lucide-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { api, fetchPath, got, type Wire } from "@/api/client";
import { notify } from "@/app/notices";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { TextField } from "@/parts/field";
import { Menu, MenuItem, MenuLine } from "@/parts/menu";
import { Trouble, useSentence } from "@/parts/trouble";
import { fileName, save } from "./clipboard";
import { HELD_MS, later, show } from "./later";
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
    <Dialog
      open
      onClose={onClose}
      title={t("rename")}
      footer={
        <>
          <Button onClick={onClose}>{t("common:cancel")}</Button>
          <Button
            look="primary"
            type="submit"
            form="rename"
            disabled={title.trim() === "" || rename.isPending}
          >
            {t("common:save")}
          </Button>
        </>
      }
    >
      <form
        id="rename"
        className="space-y-3"
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim() !== "") rename.mutate();
        }}
      >
        <TextField
          label={t("title")}
          value={title}
          maxLength={TITLE_LENGTH_MAX}
          autoFocus
          onChange={(event) => setTitle(event.target.value)}
        />
        {rename.isError && <Trouble error={rename.error} />}
      </form>
    </Dialog>
  );
}
