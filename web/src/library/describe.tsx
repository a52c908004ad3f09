/** What is said of a document, and can be said otherwise: title, category, tags, label. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { notify } from "@/app/notices";
import { Button } from "@/parts/button";
import { SelectField, TextField } from "@/parts/field";
import { Trouble } from "@/parts/trouble";
import { type Change, changeDocument } from "./changes";
import type { Document } from "./queries";
import { TagsField } from "./tags-field";

type Label = Wire["Classification"];
export const LABELS: readonly Label[] = ["public", "internal", "confidential", "restricted"];

/** The names of the labels. */
export function useLabels(): Record<Label, string> {
  const { t } = useTranslation(["library", "common"]);
  return {
    public: t("labelPublic"),
    internal: t("labelInternal"),
    confidential: t("labelConfidential"),
    restricted: t("labelRestricted"),
  };
}

/** What of a description differs from what is kept. */
export function changeOf(
  document: Pick<Document, "title" | "category" | "tags" | "classification">,
  said: { title: string; category: string; tags: readonly string[]; label: Label },
): Change {
  const category = said.category.trim() || null;
  const title = said.title.trim();
  const same =
    said.tags.length === document.tags.length &&
    said.tags.every((tag) => document.tags.includes(tag));
  return {
    ...(title !== "" && title !== document.title && { title }),
    ...(category !== (document.category ?? null) && { category }),
    ...(!same && { tags: [...said.tags] }),
    ...(said.label !== document.classification && { classification: said.label }),
  };
}

export function Describe({ document }: { document: Document }) {
  const { t } = useTranslation(["library", "common"]);
  const queries = useQueryClient();
  const labels = useLabels();
  const [title, setTitle] = useState(document.title);
  const [category, setCategory] = useState(document.category ?? "");
  const [tags, setTags] = useState<readonly string[]>(document.tags);
  const [label, setLabel] = useState(document.classification);
  const change = changeOf(document, { title, category, tags, label });
  const saving = useMutation({
    mutationFn: () => changeDocument(queries, document.id, change),
    onSuccess: () => notify(t("saved"), { tone: "good" }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    saving.mutate();
  };
  const differs = Object.keys(change).length > 0;
  return (
    <section aria-labelledby="details-describe">
      <h3 id="details-describe" className="mb-2 text-sm font-semibold">
        {t("describe")}
      </h3>
      <form onSubmit={submit} className="flex flex-col gap-3">
        {saving.error && <Trouble error={saving.error} />}
        <TextField
          label={t("columnTitle")}
          value={title}
          onChange={(event) => setTitle(event.target.value)}
          required
        />
        <TagsField label={t("tags")} tags={tags} onChange={setTags} />
        <div className="grid grid-cols-2 gap-3">
          <TextField
            label={t("category")}
            value={category}
            onChange={(event) => setCategory(event.target.value)}
          />
          <SelectField
            label={t("label")}
            value={label}
            onChange={(event) => setLabel(event.target.value as Label)}
          >
            {LABELS.map((one) => (
              <option key={one} value={one}>
                {labels[one]}
              </option>
            ))}
          </SelectField>
        </div>
        {differs && (
          <div className="flex justify-end gap-2">
            <Button
              onClick={() => {
                setTitle(document.title);
                setCategory(document.category ?? "");
                setTags(document.tags);
                setLabel(document.classification);
              }}
            >
              {t("common:undo")}
            </Button>
            <Button look="primary" type="submit" disabled={saving.isPending || title.trim() === ""}>
              {t("common:save")}
            </Button>
          </div>
        )}
      </form>
    </section>
  );
}
