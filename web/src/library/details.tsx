/** Everything about one document: where it stands, what could not be read, what is said of it. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  BookOpen,
  Download,
  FileX2,
  MessageCircleQuestion,
  Search,
  Trash2,
  TriangleAlert,
} from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { useMay } from "@/app/identity";
import { Button, buttonClass, LinkButton } from "@/parts/button";
import { Drawer } from "@/parts/drawer";
import { FaultWords } from "@/parts/fault";
import { useFormats } from "@/parts/format";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { AnotherCopy } from "./another-copy";
import { Cover } from "./cover";
import { Describe } from "./describe";
import { useDownload } from "./document-menu";
import { Erase } from "./erase";
import { useFormatName } from "./kinds";
import { type Document, documentQuery } from "./queries";
import { ReadAgain } from "./read-again";
import { isCancelled } from "./state";
import { Steps } from "./steps";

export function Details({
  id,
  onClose,
  onRemove,
}: {
  id: string;
  onClose(): void;
  onRemove(document: Document): void;
}) {
  const { t } = useTranslation(["library", "common"]);
  const { data, error, refetch } = useQuery(documentQuery(id));
  const mayPutIn = useMay("ingest");
  const gone = error instanceof Problem && error.status === 404;
  return (
    <Drawer
      onClose={onClose}
      title={t("details")}
      footer={
        data && (
          <>
            <LinkButton
              look="primary"
              to="/read/$document"
              params={{ document: id }}
              className="flex-1"
            >
              <BookOpen aria-hidden className="size-4" />
              {t("open")}
            </LinkButton>
            {mayPutIn && (
              <Button look="danger" onClick={() => onRemove(data)}>
                <Trash2 aria-hidden className="size-4" />
                {t("common:delete")}
              </Button>
            )}
          </>
        )
      }
    >
      {data ? (
        <Particulars key={data.id} document={data} />
      ) : gone ? (
        <p className="flex flex-col items-center gap-3 py-10 text-center text-sm text-soft">
          <FileX2 aria-hidden className="size-8" />
          {t("documentGone")}
        </p>
      ) : error ? (
        <Trouble error={error} onRetry={() => void refetch()} />
      ) : (
        <Loading />
      )}
    </Drawer>
  );
}

function Particulars({ document }: { document: Document }) {
  const { t } = useTranslation(["library", "common"]);
  const mayAsk = useMay("ask") && document.state !== "failed";
  const mayPutIn = useMay("ingest");
  const mayErase = useMay("admin");
  const save = useDownload();
  const way = buttonClass("plain", "flex-1 whitespace-nowrap");
  return (
    <div className="flex flex-col gap-6">
      <div className="flex gap-4">
        <div className="w-24 shrink-0">
          <Cover document={document} />
        </div>
        <div className="min-w-0 self-center">
          <p
            dir="auto"
            className="font-serif text-xl leading-tight font-semibold [overflow-wrap:anywhere]"
          >
            {document.title}
          </p>
          {document.authors.length > 0 && (
            <p className="mt-1 text-sm text-soft">{document.authors.join(", ")}</p>
          )}
        </div>
      </div>
      <div className="flex flex-wrap gap-2">
        {mayAsk && (
          <>
            <Link to="/ask" search={{ document: document.id }} className={way}>
              <MessageCircleQuestion aria-hidden className="size-4" />
              {t("askAbout")}
            </Link>
            <Link to="/search" search={{ document: document.id }} className={way}>
              <Search aria-hidden className="size-4" />
              {t("searchIn")}
            </Link>
          </>
        )}
        <Button className="flex-1 whitespace-nowrap" onClick={() => save(document)}>
          <Download aria-hidden className="size-4" />
          {t("download")}
        </Button>
      </div>
      <div>
        <Steps document={document} />
        {mayPutIn && document.state === "failed" && <ReadAgain document={document} />}
      </div>
      <Faults document={document}>
        {mayPutIn && document.state === "failed" && !isCancelled(document) && (
          <AnotherCopy document={document} />
        )}
      </Faults>
      {mayPutIn ? <Describe document={document} /> : <Said document={document} />}
      <Facts document={document} />
      {mayErase && <Erase document={document} />}
    </div>
  );
}

/** What could not be read, page by page, and what to do about it. */
function Faults({ document, children }: { document: Document; children?: ReactNode }) {
  const { t } = useTranslation(["library", "common"]);
  if (document.faults.length === 0) return null;
  return (
    <section aria-labelledby="details-faults">
      <h3 id="details-faults" className="mb-2 text-sm font-semibold">
        {t("faults", { count: document.faults.length })}
      </h3>
      <ul className="flex flex-col gap-2">
        {document.faults.map((fault) => (
          <li
            key={`${fault.page} ${fault.kind} ${fault.message}`}
            className="flex gap-2.5 rounded-lg bg-warn-tint px-3 py-2 text-sm text-warn"
          >
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            <span className="min-w-0">
              {fault.page != null && (
                <Link
                  to="/read/$document"
                  params={{ document: document.id }}
                  search={{ page: fault.page }}
                  className="me-1.5 font-semibold underline underline-offset-2"
                >
                  {t("page", { page: fault.page })}
                </Link>
              )}
              <FaultWords fault={fault} />
            </span>
          </li>
        ))}
      </ul>
      <div className="mt-3 empty:hidden">{children}</div>
    </section>
  );
}

/** What others have said of it, for somebody who may not change it. */
function Said({ document }: { document: Document }) {
  if (document.tags.length === 0 && !document.category) return null;
  return (
    <p className="text-sm text-soft">
      {[document.category, ...document.tags.map((tag) => `#${tag}`)].filter(Boolean).join(" · ")}
    </p>
  );
}

function Facts({ document }: { document: Document }) {
  const { t } = useTranslation(["library", "common"]);
  const { bytes, number, moment, language } = useFormats();
  const formatName = useFormatName();
  const isAddress = /^https?:\/\//.test(document.name);
  const facts: [string, ReactNode][] = [
    [
      t("collection"),
      <Link
        key="collection"
        to="/library"
        search={{ collection: document.collection }}
        className="text-accent underline-offset-2 hover:underline"
      >
        {document.collection}
      </Link>,
    ],
    [
      isAddress ? t("address") : t("file"),
      isAddress ? (
        <a
          key="name"
          href={document.name}
          rel="noreferrer"
          target="_blank"
          className="text-accent underline-offset-2 hover:underline"
        >
          {document.name}
        </a>
      ) : (
        document.name
      ),
    ],
    [t("format"), document.format ? formatName(document.format) : "–"],
    [t("columnSize"), bytes(document.bytes)],
    ...(document.pages ? [[t("columnPages"), number(document.pages)] as [string, string]] : []),
    ...(document.language
      ? [[t("common:language"), language(document.language)] as [string, string]]
      : []),
    [t("passages"), number(document.chunks)],
    [t("columnAdded"), moment(document.added)],
    [t("changed"), moment(document.changed)],
    [
      t("digest"),
      <code key="digest" className="text-xs break-all">
        {document.digest}
      </code>,
    ],
  ];
  return (
    <section aria-labelledby="details-facts">
      <h3 id="details-facts" className="mb-2 text-sm font-semibold">
        {t("facts")}
      </h3>
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-5 gap-y-1.5 text-sm">
        {facts.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-soft">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
