/** Whom and what a question is asked of: collections, a persona, who writes, how much is read. */
import { useQuery } from "@tanstack/react-query";
import { BookOpen, ChevronDown, X } from "lucide-react";
import { Popover } from "radix-ui";
import { useTranslation } from "react-i18next";
import { Button } from "@/parts/button";
import { CheckField, SelectField } from "@/parts/field";
import { PLAIN_WAY, type Way } from "./kept";
import { collectionsToAskQuery, personasQuery, writerQuery } from "./queries";

const PASSAGES = [5, 10, 20, 40] as const;
const PASSAGES_USUAL = 10;

export function WayPicker({ way, onChange }: { way: Way; onChange(way: Way): void }) {
  const { t } = useTranslation(["ask", "common"]);
  const summary = useSummary(way);
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button
          type="button"
          aria-label={t("wayNow", { summary })}
          className="inline-flex min-h-9 max-w-full items-center gap-2 rounded-lg px-2.5 text-sm text-soft hover:bg-sunken hover:text-ink data-[state=open]:bg-sunken data-[state=open]:text-ink"
        >
          <BookOpen aria-hidden className="size-4 shrink-0" />
          <span className="min-w-0 truncate">{summary}</span>
          <ChevronDown aria-hidden className="size-3.5 shrink-0" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          side="top"
          sideOffset={8}
          collisionPadding={12}
          aria-label={t("way")}
          className="z-40 max-h-[var(--radix-popover-content-available-height)] w-80 max-w-[calc(100vw-1.5rem)] overflow-y-auto rounded-2xl border border-line bg-raised p-4 text-ink shadow-card"
        >
          <WayFields way={way} onChange={onChange} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function WayFields({ way, onChange }: { way: Way; onChange(way: Way): void }) {
  const { t } = useTranslation(["ask", "common"]);
  const collections = useQuery(collectionsToAskQuery).data ?? [];
  const personas = useQuery(personasQuery).data ?? [];
  const hasModel = useQuery(writerQuery).data !== "extractive";
  const chosen = new Set(way.collections);
  const toggle = (name: string) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    onChange({ ...way, collections: [...next] });
  };
  const isPlain = JSON.stringify({ ...PLAIN_WAY, ...way }) === JSON.stringify(PLAIN_WAY);
  return (
    <div className="space-y-4">
      {way.document && (
        <div className="flex items-center gap-2 rounded-lg bg-tint py-1 ps-3 pe-1 text-sm">
          <span className="min-w-0 flex-1 truncate">{way.document.title}</span>
          <button
            type="button"
            aria-label={t("notOnlyThis")}
            className="rounded-md p-2 hover:bg-raised"
            onClick={() => {
              const { document: _, ...rest } = way;
              onChange(rest);
            }}
          >
            <X aria-hidden className="size-4" />
          </button>
        </div>
      )}
      {collections.length > 0 && !way.document && (
        <fieldset>
          <legend className="mb-2 text-sm font-semibold">{t("collections")}</legend>
          <div className="max-h-52 space-y-2 overflow-y-auto">
            <CheckField
              label={t("everything")}
              checked={chosen.size === 0}
              onChange={() => onChange({ ...way, collections: [] })}
            />
            {collections.map((collection) => (
              <CheckField
                key={collection.id}
                label={collection.name}
                checked={chosen.has(collection.name)}
                onChange={() => toggle(collection.name)}
              />
            ))}
          </div>
        </fieldset>
      )}
      {personas.length > 0 && (
        <SelectField
          label={t("persona")}
          hint={t("personaHint")}
          value={way.persona ?? ""}
          onChange={(event) => {
            const { persona: _, ...rest } = way;
            onChange(event.target.value ? { ...rest, persona: event.target.value } : rest);
          }}
        >
          <option value="">{t("noPersona")}</option>
          {personas.map((persona) => (
            <option key={persona.id} value={persona.name}>
              {persona.name}
            </option>
          ))}
        </SelectField>
      )}
      {hasModel && (
        <SelectField
          label={t("writer")}
          value={way.writer}
          onChange={(event) =>
            onChange({
              ...way,
              writer: event.target.value === "extractive" ? "extractive" : "auto",
            })
          }
        >
          <option value="auto">{t("writerAuto")}</option>
          <option value="extractive">{t("writerExtractive")}</option>
        </SelectField>
      )}
      <SelectField
        label={t("passages")}
        value={String(way.passages ?? PASSAGES_USUAL)}
        onChange={(event) => {
          const { passages: _, ...rest } = way;
          const count = Number(event.target.value);
          onChange(count === PASSAGES_USUAL ? rest : { ...rest, passages: count });
        }}
      >
        {PASSAGES.map((count) => (
          <option key={count} value={count}>
            {count === PASSAGES_USUAL ? t("passagesUsual", { count }) : t("passagesOf", { count })}
          </option>
        ))}
      </SelectField>
      {!isPlain && (
        <Button look="quiet" className="w-full" onClick={() => onChange(PLAIN_WAY)}>
          {t("wayReset")}
        </Button>
      )}
    </div>
  );
}

/** The way in a few words. */
function useSummary(way: Way): string {
  const { t } = useTranslation("ask");
  const [first] = way.collections;
  const where = way.document
    ? way.document.title
    : way.collections.length > 1
      ? t("collectionsOf", { count: way.collections.length })
      : (first ?? (way.persona ? undefined : t("everything")));
  return [way.persona, where].filter(Boolean).join(" · ");
}
