/** The command palette: every page, document, conversation and action, by typing a part of its name. */
import { Command } from "cmdk";
import { Search } from "lucide-react";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Kbd } from "@/app/help";
import { Dialog } from "@/parts/dialog";
import { type Choice, useChoices } from "./choices";

export default function Palette({ onClose }: { onClose(): void }) {
  const { t } = useTranslation("search");
  const { t: common } = useTranslation();
  const [typed, setTyped] = useState("");
  const groups = useChoices(typed);
  // The first is meant, also when better ones arrive later, until somebody goes to another.
  const [gone, setGone] = useState<string>();
  const steered = useRef(false);
  const steer = () => {
    steered.current = true;
  };
  const all = groups.flatMap((group) => group.choices);
  const meant = all.find((choice) => choice.id === gone) ?? all[0];
  const type = (text: string) => {
    steered.current = false;
    setGone(undefined);
    setTyped(text);
  };
  const choose = (choice: Choice) => {
    onClose();
    choice.run();
  };
  return (
    <Dialog open onClose={onClose} title={common("palette")} bare>
      <Command
        shouldFilter={false}
        loop
        label={t("paletteList")}
        value={meant?.id ?? ""}
        onValueChange={(id) => steered.current && setGone(id)}
        onKeyDownCapture={(event) => /^(Arrow|Home|End)/.test(event.key) && steer()}
        onPointerMoveCapture={steer}
        className="flex flex-col"
      >
        <div className="sticky top-0 z-10 flex items-center gap-3 border-b border-line bg-surface px-5">
          <Search aria-hidden className="size-5 shrink-0 text-soft" />
          <Command.Input
            data-focus
            value={typed}
            onValueChange={type}
            placeholder={t("paletteBox")}
            aria-label={t("paletteBox")}
            className="min-h-14 w-full bg-transparent text-base outline-none"
          />
          <Kbd>Esc</Kbd>
        </div>
        <Command.List label={t("paletteList")} className="p-2">
          {groups.map((group) => (
            <Command.Group
              key={group.name}
              heading={group.name}
              className="pb-1 [&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-semibold [&_[cmdk-group-heading]]:text-soft"
            >
              {group.choices.map((choice) => (
                <Command.Item
                  key={choice.id}
                  value={choice.id}
                  onSelect={() => choose(choice)}
                  className="flex min-h-10 cursor-pointer items-center gap-3 rounded-lg px-3 py-2 text-sm data-[selected=true]:bg-tint"
                >
                  <span className="shrink-0 text-soft">{choice.icon}</span>
                  <span className="min-w-0 flex-1 truncate">{choice.label}</span>
                  {choice.hint && (
                    <span className="max-w-40 shrink-0 truncate text-xs text-soft">
                      {choice.hint}
                    </span>
                  )}
                  {choice.keys && (
                    <span aria-hidden className="hidden gap-1 sm:flex">
                      {choice.keys.split(" ").map((key) => (
                        <Kbd key={key}>{key}</Kbd>
                      ))}
                    </span>
                  )}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
          {groups.length === 0 && (
            <Command.Empty className="px-3 py-8 text-center text-sm text-soft">
              {t("paletteEmpty")}
            </Command.Empty>
          )}
        </Command.List>
      </Command>
    </Dialog>
  );
}
