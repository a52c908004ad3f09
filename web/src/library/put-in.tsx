/** The dialog for putting documents in: files, folders, web addresses; where to, and under which tags. */
import { useQuery } from "@tanstack/react-query";
import { FileUp, FolderUp } from "lucide-react";
import { type ChangeEvent, type FormEvent, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { TextArea, TextField } from "@/parts/field";
import { collectionsQuery } from "./queries";
import { TagsField } from "./tags-field";
import { addressesIn, rememberTarget, targetOf } from "./target";
import { putIn, putInAddresses } from "./uploads/queue";
import { chosen } from "./uploads/tree";

export function PutInDialog({
  collection,
  begin = "files",
  onClose,
}: {
  /** The collection that is looked at. */
  collection?: string | undefined;
  /** What is wanted first. */
  begin?: "files" | "addresses";
  onClose(): void;
}) {
  const { t } = useTranslation("library");
  const names = (useQuery(collectionsQuery).data ?? []).map((one) => one.name);
  const list = useId();
  const [into, setInto] = useState(() => targetOf(collection, names));
  const [tags, setTags] = useState<readonly string[]>([]);
  const [text, setText] = useState("");
  const [wrong, setWrong] = useState(false);
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  const labels = () => {
    const name = into.trim() || targetOf(undefined, names);
    rememberTarget(name);
    return { collection: name, tags };
  };
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const { files } = event.currentTarget;
    if (!files || files.length === 0) return;
    void putIn(chosen(files), labels());
    onClose();
  };
  const fetchThem = (event: FormEvent) => {
    event.preventDefault();
    const addresses = addressesIn(text);
    setWrong(addresses.length === 0);
    if (addresses.length === 0) return;
    putInAddresses(addresses, labels());
    onClose();
  };
  const way =
    "flex flex-1 flex-col items-center gap-2 rounded-xl border border-line bg-raised px-4 py-6 text-center hover:border-accent hover:bg-tint";
  return (
    <Dialog open onClose={onClose} title={t("putInTitle")}>
      <div className="flex flex-col gap-5 pb-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label={t("into")}
            hint={t("intoHint")}
            value={into}
            list={list}
            onChange={(event) => setInto(event.target.value)}
          />
          <datalist id={list}>
            {names.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <TagsField label={t("tags")} hint={t("tagsHint")} tags={tags} onChange={setTags} />
        </div>
        <div className="flex flex-col gap-3 sm:flex-row">
          <button
            type="button"
            data-focus={begin === "files" ? "" : undefined}
            className={way}
            onClick={() => files.current?.click()}
          >
            <FileUp aria-hidden className="size-7 text-accent" />
            <span className="text-sm font-semibold">{t("chooseFiles")}</span>
            <span className="text-xs text-soft">{t("chooseFilesHint")}</span>
          </button>
          <button type="button" className={way} onClick={() => folder.current?.click()}>
            <FolderUp aria-hidden className="size-7 text-accent" />
            <span className="text-sm font-semibold">{t("chooseFolder")}</span>
            <span className="text-xs text-soft">{t("chooseFolderHint")}</span>
          </button>
        </div>
        <input
          ref={files}
          type="file"
          multiple
          hidden
          aria-label={t("chooseFiles")}
          onChange={take}
        />
        <input
          ref={folder}
          type="file"
          multiple
          hidden
          aria-label={t("chooseFolder")}
          {...{ webkitdirectory: "" }}
          onChange={take}
        />
        <form onSubmit={fetchThem} className="flex flex-col gap-2 border-t border-line pt-4">
          <TextArea
            label={t("addresses")}
            hint={t("addressesHint")}
            error={wrong && t("addressesWrong")}
            placeholder="https://"
            data-focus={begin === "addresses" ? "" : undefined}
            rows={2}
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setWrong(false);
            }}
          />
          <Button type="submit" className="self-end" disabled={text.trim() === ""}>
            {t("fetchAddresses")}
          </Button>
        </form>
      </div>
    </Dialog>
  );
}
