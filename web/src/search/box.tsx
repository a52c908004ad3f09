/** The box to type in, the way of searching, and the way from here to an answer. */
import { Link } from "@tanstack/react-router";
import { MessageCircleQuestion, Search, X } from "lucide-react";
import type { Ref } from "react";
import { useTranslation } from "react-i18next";
import { buttonClass, IconButton } from "@/parts/button";
import { type Asked, MODES, modeOf } from "./asked";

export function SearchBox({
  ref,
  value,
  onChange,
  onEnter,
  asked,
  onAsked,
  busy,
  mayAsk,
}: {
  ref: Ref<HTMLInputElement>;
  value: string;
  onChange(value: string): void;
  /** Enter or the down arrow: to the results. */
  onEnter(): void;
  asked: Asked;
  onAsked(next: Asked): void;
  busy: boolean;
  mayAsk: boolean;
}) {
  const { t } = useTranslation("search");
  return (
    <search className="flex flex-col gap-3">
      <div className="relative">
        <Search
          aria-hidden
          className={`pointer-events-none absolute start-4 top-1/2 size-5 -translate-y-1/2 ${busy ? "animate-pulse text-accent" : "text-soft"}`}
        />
        <input
          ref={ref}
          data-search
          type="search"
          aria-label={t("box")}
          placeholder={t("placeholder")}
          value={value}
          autoComplete="off"
          autoCapitalize="none"
          enterKeyHint="search"
          spellCheck={false}
          className="min-h-13 w-full rounded-2xl border border-edge bg-raised py-3 ps-12 pe-12 text-lg shadow-card [&::-webkit-search-cancel-button]:hidden"
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key !== "Enter" && event.key !== "ArrowDown") return;
            event.preventDefault();
            onEnter();
          }}
        />
        {value !== "" && (
          <IconButton
            label={t("clear")}
            className="!absolute end-2 top-1/2 -translate-y-1/2"
            onClick={(event) => {
              onChange("");
              event.currentTarget.parentElement?.querySelector("input")?.focus();
            }}
          >
            <X aria-hidden className="size-5" />
          </IconButton>
        )}
      </div>
      <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-2">
        <ModeChoice asked={asked} onAsked={onAsked} />
        {mayAsk && value.trim() !== "" && (
          <Link
            to="/ask"
            search={{
              question: value.trim(),
              ...(asked.collections?.length === 1 && { collection: asked.collections[0] }),
              ...(asked.document && { document: asked.document }),
            }}
            className={buttonClass("quiet", "-me-2 text-accent")}
          >
            <MessageCircleQuestion aria-hidden className="size-4" />
            {t("askInstead")}
          </Link>
        )}
      </div>
    </search>
  );
}

/** By words and meaning together, or by one of them. */
function ModeChoice({ asked, onAsked }: { asked: Asked; onAsked(next: Asked): void }) {
  const { t } = useTranslation("search");
  const chosen = modeOf(asked);
  return (
    <fieldset>
      <legend className="sr-only">{t("mode")}</legend>
      <div className="inline-flex flex-wrap rounded-lg border border-line bg-sunken p-0.5">
        {MODES.map((mode) => (
          <label
            key={mode}
            title={t(`mode_${mode}_hint`)}
            className="cursor-pointer rounded-md px-3 py-1.5 text-sm text-soft has-checked:bg-raised has-checked:font-medium has-checked:text-ink has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name="mode"
              value={mode}
              checked={chosen === mode}
              className="sr-only"
              onChange={() => {
                const { mode: _, ...rest } = asked;
                onAsked(mode === "hybrid" ? rest : { ...rest, mode });
              }}
            />
            {t(`mode_${mode}`)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
