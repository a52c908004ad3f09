/** What is shown when there is no text to show yet, or never will be; and what could not be read. */
import { BookX, Hourglass, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Button, LinkButton } from "@/parts/button";
import { FaultWords } from "@/parts/fault";
import { Empty } from "@/parts/page";
import { Progress } from "@/parts/progress";
import { type Document, isBeingRead } from "./wire";

function Middle({ children }: { children: ReactNode }) {
  return (
    <div className="flex min-h-0 flex-1 items-center justify-center overflow-y-auto p-4">
      <div className="w-full max-w-xl">{children}</div>
    </div>
  );
}

/** There is no such document, or none for whoever asks. */
export function Gone({ onClose }: { onClose?: (() => void) | undefined }) {
  const { t } = useTranslation(["reader", "common"]);
  return (
    <Middle>
      <Empty
        icon={<BookX aria-hidden className="size-10" />}
        title={t("goneTitle")}
        actions={
          onClose ? (
            <Button onClick={onClose}>{t("common:close")}</Button>
          ) : (
            <>
              <LinkButton to="/library" look="primary">
                {t("toLibrary")}
              </LinkButton>
              <LinkButton to="/search">{t("common:search")}</LinkButton>
            </>
          )
        }
      >
        <p>{t("goneText")}</p>
      </Empty>
    </Middle>
  );
}

/** It is being read, and nothing of it can be shown before. */
export function BeingRead({ document }: { document: Document }) {
  const { t } = useTranslation(["reader", "common"]);
  return (
    <Middle>
      <Empty
        icon={<Hourglass aria-hidden className="size-10" />}
        title={document.state === "queued" ? t("queuedTitle") : t("readingTitle")}
      >
        <p className="mb-4">{t("readingText")}</p>
        <Progress label={t("readingTitle")} />
      </Empty>
    </Middle>
  );
}

/** It could not be read. */
export function Unread({ document, onDownload }: { document: Document; onDownload(): void }) {
  const { t } = useTranslation(["reader", "common"]);
  return (
    <Middle>
      <Empty
        icon={<TriangleAlert aria-hidden className="size-10" />}
        title={t("unreadTitle")}
        actions={
          <>
            <LinkButton to="/library" search={{ document: document.id }} look="primary">
              {t("unreadRemedy")}
            </LinkButton>
            <Button onClick={onDownload}>{t("download")}</Button>
          </>
        }
      >
        {document.faults.length > 0 ? (
          <ul className="space-y-1">
            {document.faults.map((fault) => (
              <li key={`${fault.page} ${fault.message}`}>
                <FaultWords fault={fault} />
              </li>
            ))}
          </ul>
        ) : (
          <p>{t("unreadText")}</p>
        )}
      </Empty>
    </Middle>
  );
}

/** A line above the text: it is still being read, or something in it could not be. */
export function Notes({ document, onPage }: { document: Document; onPage(page: number): void }) {
  const { t } = useTranslation(["reader", "common"]);
  const reading = isBeingRead(document);
  // Why nothing of it could be read stands in the place of its text.
  if (document.state === "failed" || (!reading && document.faults.length === 0)) return null;
  return (
    <div className="border-line border-b bg-warn-tint px-4 py-1.5 text-sm text-warn">
      {reading && <p role="status">{t("stillReading")}</p>}
      {document.faults.length > 0 && (
        <details>
          <summary>{t("faults", { count: document.faults.length })}</summary>
          <ul className="max-h-40 space-y-1 overflow-y-auto py-1.5">
            {document.faults.map((fault) => {
              const { page } = fault;
              return (
                <li key={`${page} ${fault.message}`}>
                  {typeof page === "number" && (
                    <button
                      type="button"
                      className="me-2 font-semibold underline underline-offset-2"
                      onClick={() => onPage(page)}
                    >
                      {t("page", { page })}
                    </button>
                  )}
                  <FaultWords fault={fault} />
                </li>
              );
            })}
          </ul>
        </details>
      )}
    </div>
  );
}
