/** What stands above the text: what is read, where one is in it, and what can be done. */
import { Link } from "@tanstack/react-router";
import {
  ArrowLeft,
  ChevronDown,
  ChevronUp,
  Download,
  EllipsisVertical,
  Highlighter,
  Link2,
  List,
  Maximize2,
  MessageCircleQuestion,
  Minus,
  Moon,
  Plus,
  Search,
  X,
} from "lucide-react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from "@/parts/menu";
import { useLiking, useNight } from "./memory";
import { PageBox } from "./page-box";
import { ZOOM_MAX, ZOOM_MIN, type Zoom } from "./paging";
import type { Document } from "./wire";

export interface BarProps {
  document: Document;
  isPaged: boolean;
  compact: boolean;
  panel: "outline" | "find" | undefined;
  page: number;
  count: number;
  mayAsk: boolean;
  hasCited: boolean;
  /** Where the reader stands, for the same document as a page. */
  place: { page?: number; start?: number; end?: number };
  onPanel(panel: "outline" | "find"): void;
  onPage(page: number): void;
  onStep(direction: 1 | -1): void;
  onZoom(direction: 1 | -1): void;
  onCited(): void;
  onCopyLink(): void;
  onDownload(): void;
  onAsk(): void;
  onClose?: (() => void) | undefined;
}

const ICON = "size-4.5";

export function Bar(props: BarProps) {
  const { t } = useTranslation(["reader", "common"]);
  const { document, compact, isPaged, panel } = props;
  const Title = compact ? "h2" : "h1";
  return (
    <header className="flex min-h-13 items-center gap-1 border-line border-b bg-surface px-2 py-1.5">
      {!compact && (
        <Link
          to="/library"
          aria-label={t("toLibrary")}
          className="inline-flex size-9 shrink-0 items-center justify-center rounded-lg hover:bg-sunken"
        >
          <ArrowLeft aria-hidden className={`${ICON} rtl:-scale-x-100`} />
        </Link>
      )}
      <IconButton
        label={t("outline")}
        aria-pressed={panel === "outline"}
        className="aria-pressed:bg-tint aria-pressed:text-accent-strong"
        onClick={() => props.onPanel("outline")}
      >
        <List aria-hidden className={ICON} />
      </IconButton>
      <div className="min-w-0 flex-1 px-1.5">
        <Title dir="auto" className="truncate font-serif text-base leading-tight font-semibold">
          {document.title}
        </Title>
        {document.authors.length > 0 && (
          <p className="hidden truncate text-xs text-soft @lg:block">
            {document.authors.join(", ")}
          </p>
        )}
      </div>
      {isPaged && props.count > 0 && <Pager {...props} />}
      {isPaged && (
        <div className="hidden items-center @3xl:flex">
          <IconButton label={t("smaller")} onClick={() => props.onZoom(-1)}>
            <Minus aria-hidden className={ICON} />
          </IconButton>
          <IconButton label={t("larger")} onClick={() => props.onZoom(1)}>
            <Plus aria-hidden className={ICON} />
          </IconButton>
        </div>
      )}
      {props.hasCited && (
        <span className="hidden @md:contents">
          <IconButton label={t("toMarked")} onClick={props.onCited}>
            <Highlighter aria-hidden className={ICON} />
          </IconButton>
        </span>
      )}
      <IconButton
        label={t("find")}
        aria-pressed={panel === "find"}
        className="aria-pressed:bg-tint aria-pressed:text-accent-strong"
        onClick={() => props.onPanel("find")}
      >
        <Search aria-hidden className={ICON} />
      </IconButton>
      <More {...props} />
      {compact && (
        <Link
          to="/read/$document"
          params={{ document: document.id }}
          search={props.place}
          aria-label={t("asPage")}
          className="hidden size-9 shrink-0 items-center justify-center rounded-lg hover:bg-sunken @md:inline-flex"
        >
          <Maximize2 aria-hidden className={ICON} />
        </Link>
      )}
      {props.onClose && (
        <IconButton label={t("closeReader")} onClick={props.onClose}>
          <X aria-hidden className={ICON} />
        </IconButton>
      )}
    </header>
  );
}

function Pager({ page, count, onPage, onStep }: BarProps) {
  const { t } = useTranslation(["reader", "common"]);
  return (
    <div className="flex items-center">
      <span className="hidden @xl:contents">
        <IconButton label={t("previousPage")} disabled={page <= 1} onClick={() => onStep(-1)}>
          <ChevronUp aria-hidden className={ICON} />
        </IconButton>
      </span>
      <PageBox page={page} count={count} onPage={onPage} />
      <span className="hidden @xl:contents">
        <IconButton label={t("nextPage")} disabled={page >= count} onClick={() => onStep(1)}>
          <ChevronDown aria-hidden className={ICON} />
        </IconButton>
      </span>
    </div>
  );
}

const ZOOMS: readonly number[] = [0.5, 0.75, 1, 1.25, 1.5, 2, 3];
const TEXTS: readonly number[] = [0.85, 1, 1.15, 1.3, 1.5, 1.75];

function More(props: BarProps) {
  const { t } = useTranslation(["reader", "common"]);
  return (
    <Menu
      trigger={
        <IconButton label={t("common:more")}>
          <EllipsisVertical aria-hidden className={ICON} />
        </IconButton>
      }
    >
      {props.hasCited && (
        <MenuItem icon={<Highlighter aria-hidden className="size-4" />} onSelect={props.onCited}>
          {t("toMarked")}
        </MenuItem>
      )}
      <MenuItem icon={<Link2 aria-hidden className="size-4" />} onSelect={props.onCopyLink}>
        {t("copyPlace")}
      </MenuItem>
      {props.mayAsk && (
        <MenuItem
          icon={<MessageCircleQuestion aria-hidden className="size-4" />}
          onSelect={props.onAsk}
        >
          {t("askDocument")}
        </MenuItem>
      )}
      <MenuItem icon={<Download aria-hidden className="size-4" />} onSelect={props.onDownload}>
        {t("download")}
      </MenuItem>
      <MenuLine />
      {props.isPaged ? <PageLikings /> : <TextLikings />}
    </Menu>
  );
}

function PageLikings() {
  const { t } = useTranslation(["reader", "common"]);
  const { percent } = useFormats();
  const [{ zoom }, like] = useLiking();
  const night = useNight();
  const own = typeof zoom === "number" && !ZOOMS.includes(zoom) ? [zoom] : [];
  const choices = [
    { value: "auto", label: t("zoomAuto") },
    { value: "width", label: t("zoomWidth") },
    { value: "page", label: t("zoomPage") },
    ...[...ZOOMS, ...own]
      .sort((a, b) => a - b)
      .map((value) => ({ value: String(value), label: percent(value) })),
  ];
  return (
    <>
      <MenuItem
        icon={<Moon aria-hidden className="size-4" />}
        onSelect={() => like({ night: !night })}
      >
        {night ? t("dayPages") : t("nightPages")}
      </MenuItem>
      <MenuLine />
      <MenuLabel>{t("zoom")}</MenuLabel>
      <MenuChoice
        value={String(zoom)}
        onChange={(value) => like({ zoom: zoomOf(value) })}
        choices={choices}
      />
    </>
  );
}

function zoomOf(value: string): Zoom {
  if (value === "auto" || value === "width" || value === "page") return value;
  return Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, Number(value)));
}

function TextLikings() {
  const { t } = useTranslation(["reader", "common"]);
  const { percent } = useFormats();
  const [{ text }, like] = useLiking();
  return (
    <>
      <MenuLabel>{t("textSize")}</MenuLabel>
      <MenuChoice
        value={String(text)}
        onChange={(value) => like({ text: Number(value) })}
        choices={TEXTS.map((value) => ({ value: String(value), label: percent(value) }))}
      />
    </>
  );
}
