/** What can be done with all chosen documents at once. */
import { FolderTree, Shield, Tag, Trash2, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { Button, IconButton } from "@/parts/button";

import { SelectField, TextField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { useChangeAll } from "./changes";
import { LABELS, useLabels } from "./describe";
import type { Document } from "./queries";
import { TagsField } from "./tags-field";

type What = "tags" | "category" | "label";

export function BulkBar({
  documents,
  onClear,
  onRemove,
}: {
  documents: readonly Document[];
  onClear(): void;
  onRemove(): void;
}) {
  const { t } = useTranslation(["library", "common"]);
  const [open, setOpen] = useState<What>();
  if (documents.length === 0) return null;
  const icon = "size-4";
  const words = "max-sm:sr-only";
  return (
    <>
      <section
        aria-label={t("withChosen")}
        data-floor
        className="sticky bottom-20 z-20 mx-auto mt-6 flex w-fit max-w-full items-center gap-1 rounded-2xl border border-line bg-raised p-1.5 ps-4 shadow-card md:bottom-5"
      >
        <p aria-live="polite" className="me-2 whitespace-nowrap text-sm font-medium tabular-nums">
          {t("chosen", { count: documents.length })}
        </p>
        <Button look="quiet" onClick={() => setOpen("tags")}>
          <Tag aria-hidden className={icon} />
          <span className={words}>{t("tags")}</span>
        </Button>
        <Button look="quiet" onClick={() => setOpen("category")}>
          <FolderTree aria-hidden className={icon} />
          <span className={words}>{t("category")}</span>
        </Button>
        <Button look="quiet" onClick={() => setOpen("label")}>
          <Shield aria-hidden className={icon} />
          <span className={words}>{t("label")}</span>
        </Button>
        <Button look="quiet" className="text-bad" onClick={onRemove}>
          <Trash2 aria-hidden className={icon} />
          <span className={words}>{t("common:delete")}</span>
        </Button>
        <IconButton label={t("chooseNone")} onClick={onClear}>
          <X aria-hidden className={icon} />
        </IconButton>
      </section>
      {open && <BulkDialog what={open} documents={documents} onClose={() => setOpen(undefined)} />}
    </>
  );
}

function BulkDialog({
  what,
  documents,
  onClose,
}: {
  what: What;
  documents: readonly Document[];
  onClose(): void;
}) {
  const { t } = useTranslation(["library", "common"]);
  const labels = useLabels();
  const changeAll = useChangeAll();
  const shared = documents[0]?.tags.filter((tag) =>
    documents.every((one) => one.tags.includes(tag)),
  );
  const [add, setAdd] = useState<readonly string[]>([]);
  const [keep, setKeep] = useState<readonly string[]>(shared ?? []);
  const [category, setCategory] = useState("");
  const [label, setLabel] = useState<Wire["Classification"]>("internal");
  const submit = () => {
    const taken = new Set((shared ?? []).filter((tag) => !keep.includes(tag)));
    void changeAll(documents, (document) =>
      what === "tags"
        ? { tags: [...new Set([...document.tags.filter((tag) => !taken.has(tag)), ...add])] }
        : what === "category"
          ? { category: category.trim() || null }
          : { classification: label },
    );
    onClose();
  };
  const titles = { tags: t("tags"), category: t("category"), label: t("label") };
  return (
    <FormDialog
      title={`${titles[what]} · ${t("documents", { count: documents.length })}`}
      submit={t("common:save")}
      busy={false}
      onSubmit={submit}
      onClose={onClose}
    >
      {what === "tags" && (
        <>
          <TagsField first label={t("addTags")} hint={t("tagsHint")} tags={add} onChange={setAdd} />
          {shared && shared.length > 0 && (
            <TagsField
              label={t("sharedTags")}
              hint={t("sharedTagsHint")}
              tags={keep}
              onChange={setKeep}
            />
          )}
        </>
      )}
      {what === "category" && (
        <TextField
          label={t("category")}
          hint={t("categoryHint")}
          value={category}
          onChange={(event) => setCategory(event.target.value)}
          data-focus
        />
      )}
      {what === "label" && (
        <SelectField
          label={t("label")}
          hint={t("labelHint")}
          value={label}
          onChange={(event) => setLabel(event.target.value as Wire["Classification"])}
        >
          {LABELS.map((one) => (
            <option key={one} value={one}>
              {labels[one]}
            </option>
          ))}
        </SelectField>
      )}
    </FormDialog>
  );
}
