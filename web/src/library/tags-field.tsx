/** Tags as chips: typed and ended with Enter or a comma, taken away by their crosses or Backspace. */
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { tagsQuery } from "./queries";

/** The tags in use, in order of the alphabet. */
export function useKnownTags(): string[] {
  const { data } = useQuery(tagsQuery);
  return useMemo(
    () => (data ?? []).map(({ tag }) => tag).sort((a, b) => a.localeCompare(b)),
    [data],
  );
}

/** Tags with one more; those that are typed twice stand once. */
export function withTag(tags: readonly string[], typed: string): string[] {
  const more = typed
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
  return [...new Set([...tags, ...more])];
}

export function TagsField({
  label,
  tags,
  onChange,
  hint,
  first = false,
}: {
  label: string;
  /** Whether it has the focus first in its dialog. */
  first?: boolean;
  tags: readonly string[];
  onChange(tags: string[]): void;
  hint?: string;
}) {
  const { t } = useTranslation("library");
  const id = useId();
  const known = useKnownTags();
  const [typed, setTyped] = useState("");
  const take = (text = typed) => {
    if (text.trim() !== "") onChange(withTag(tags, text));
    setTyped("");
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && typed.trim() !== "") {
      event.preventDefault();
      take();
    } else if (event.key === "Backspace" && typed === "" && tags.length > 0) {
      onChange(tags.slice(0, -1));
    }
  };
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <div className="flex min-h-9 flex-wrap items-center gap-1.5 rounded-lg border border-edge bg-raised px-2 py-1 focus-within:outline-2 focus-within:outline-offset-2 focus-within:outline-accent">
        {tags.map((tag) => (
          <span
            key={tag}
            className="inline-flex max-w-full items-center gap-0.5 rounded-full bg-tint ps-2.5 text-xs font-medium text-accent-strong"
          >
            <span className="truncate">{tag}</span>
            <button
              type="button"
              aria-label={t("removeTag", { tag })}
              onClick={() => onChange(tags.filter((other) => other !== tag))}
              className="rounded-full p-1.5 hover:text-ink"
            >
              <X aria-hidden className="size-3" />
            </button>
          </span>
        ))}
        <input
          id={id}
          data-focus={first ? "" : undefined}
          value={typed}
          list={`${id}-known`}
          onChange={(event) => {
            // Not every keyboard tells its keys: a comma ends a tag however it came.
            const { value } = event.target;
            if (value.includes(",")) take(value);
            else setTyped(value);
          }}
          onKeyDown={onKeyDown}
          onBlur={() => take()}
          aria-describedby={hint ? `${id}-hint` : undefined}
          className="min-w-24 flex-1 bg-transparent px-1 py-0.5 text-sm outline-none"
        />
        <datalist id={`${id}-known`}>
          {known
            .filter((tag) => !tags.includes(tag))
            .map((tag) => (
              <option key={tag} value={tag} />
            ))}
        </datalist>
      </div>
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-soft">
          {hint}
        </p>
      )}
    </div>
  );
}
