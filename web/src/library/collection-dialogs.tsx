/** Making, describing and removing collections. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import { notify } from "@/app/notices";
import { TextArea, TextField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import type { Collection } from "./queries";

/** Makes a collection, or gives one another name and description. */
export function CollectionForm({
  collection,
  onClose,
}: {
  collection?: Collection;
  onClose(): void;
}) {
  const { t } = useTranslation(["library", "common"]);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [name, setName] = useState(collection?.name ?? "");
  const [description, setDescription] = useState(collection?.description ?? "");
  const saving = useMutation({
    mutationFn: async (): Promise<Collection> => {
      const body = { name: name.trim(), description: description.trim() };
      if (!collection) return got(api.POST("/api/v1/collections", { body }));
      const params = { path: { collection: collection.id } };
      return got(api.PATCH("/api/v1/collections/{collection}", { params, body }));
    },
    onSuccess: async (saved) => {
      await queries.invalidateQueries({ queryKey: ["collections"] });
      if (collection && collection.name !== saved.name) {
        void queries.invalidateQueries({ queryKey: ["documents"] });
      }
      notify(t(collection ? "collectionSaved" : "collectionMade", { name: saved.name }), {
        tone: "good",
      });
      onClose();
      const here = new URLSearchParams(location.search).get("collection");
      if (!collection || here === collection.name || here === JSON.stringify(collection.name)) {
        void navigate({ to: "/library", search: { collection: saved.name }, replace: true });
      }
    },
  });
  return (
    <FormDialog
      title={collection ? t("rename") : t("newCollection")}
      submit={collection ? t("common:save") : t("make")}
      ready={name.trim() !== ""}
      busy={saving.isPending}
      error={saving.error}
      onSubmit={() => saving.mutate()}
      onClose={onClose}
    >
      <TextField
        label={t("name")}
        value={name}
        onChange={(event) => setName(event.target.value)}
        data-focus
        required
        maxLength={200}
      />
      <TextArea
        label={t("description")}
        hint={t("descriptionHint")}
        value={description}
        onChange={(event) => setDescription(event.target.value)}
        rows={3}
      />
    </FormDialog>
  );
}

/** Removes a collection with everything in it, when its name has been typed. */
export function CollectionRemoval({
  collection,
  onClose,
}: {
  collection: Collection;
  onClose(): void;
}) {
  const { t } = useTranslation(["library", "common"]);
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [typed, setTyped] = useState("");
  const removing = useMutation({
    mutationFn: () =>
      got(
        api.DELETE("/api/v1/collections/{collection}", {
          params: { path: { collection: collection.id } },
        }),
      ),
    onSuccess: async () => {
      await navigate({ to: "/library", replace: true });
      onClose();
      notify(t("collectionRemoved", { name: collection.name }));
      await queries.invalidateQueries({ queryKey: ["collections"] });
      void queries.invalidateQueries({ queryKey: ["documents"] });
      void queries.invalidateQueries({ queryKey: ["status"] });
    },
  });
  const right = typed.trim() === collection.name;
  return (
    <FormDialog
      title={t("removeCollection")}
      submit={t("removeForGood")}
      look="danger"
      ready={right}
      busy={removing.isPending}
      error={removing.error}
      onSubmit={() => removing.mutate()}
      onClose={onClose}
    >
      <p className="text-sm">{t("removeCollectionText", { name: collection.name })}</p>
      <TextField
        label={t("typeName", { name: collection.name })}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        autoComplete="off"
        data-focus
      />
    </FormDialog>
  );
}
