import { Copy, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { notify } from "@/app/notices";
import { Button } from "@/parts/button";
import { Dialog } from "@/parts/dialog";
import { useWords } from "../words";

/** A secret that nobody sees again: it can be copied, and leaving before that is asked about. */
export function ShownOnce({
  title,
  text,
  secret,
  secretLabel,
  onClose,
}: {
  title: string;
  text: string;
  secret: string;
  /** What the secret is. */
  secretLabel: string;
  onClose(): void;
}) {
  const { t } = useWords();
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied(true);
      notify(t("common:copied"), { tone: "good" });
    } catch {
      notify(t("copyByHand"), { tone: "bad" });
    }
  };
  return (
    <Dialog
      open
      closable={false}
      onClose={onClose}
      title={title}
      footer={
        <Button look={copied ? "primary" : "plain"} onClick={onClose}>
          {t("keptSafely")}
        </Button>
      }
    >
      <div className="flex flex-col gap-4 text-sm">
        <p>{text}</p>
        <div className="flex items-stretch gap-2">
          <input
            readOnly
            aria-label={secretLabel}
            value={secret}
            onFocus={(event) => event.target.select()}
            className="min-w-0 flex-1 rounded-lg border border-edge bg-sunken px-3 py-2 font-mono text-xs"
          />
          <Button look={copied ? "plain" : "primary"} onClick={() => void copy()}>
            <Copy aria-hidden className="size-4" />
            {t("common:copy")}
          </Button>
        </div>
        <p className="flex items-start gap-2 text-warn">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {t("shownOnce")}
        </p>
      </div>
    </Dialog>
  );
}
