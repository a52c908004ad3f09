/** A document that is open: bar, panel, pages or text, and what belongs to them. */
import { useNavigate } from "@tanstack/react-router";
import { useCallback, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { fetchPath } from "@/api/client";
import { useMay } from "@/app/identity";
import { notify } from "@/app/notices";
import { useSentence } from "@/parts/trouble";
import { Bar } from "./bar";
import { FindPanel } from "./find-panel";
import { type Binding, PageKeys, PaneKeys } from "./keys";
import { linkTo } from "./link";
import { useLiking } from "./memory";
import { OutlinePanel } from "./outline-panel";
import { PagedView } from "./paged-view";
import { percentOf, stepped } from "./paging";
import type { View } from "./place";
import type { ReaderProps } from "./reader";
import { SelectionBar } from "./selection";
import { Side } from "./side";
import { BeingRead, Notes, Unread } from "./states";
import { TextView } from "./text-view";
import { useCited } from "./use-cited";
import { useFind } from "./use-find";
import { usePlace } from "./use-place";
import { useRoomy } from "./use-roomy";
import { type Document, isBeingRead, isPaged, isPdf } from "./wire";

type Panel = "outline" | "find" | undefined;

export function Open(props: ReaderProps & { opened: Document }) {
  const { opened: document, compact } = props;
  const { t } = useTranslation("reader");
  const navigate = useNavigate();
  const say = useSentence();
  const mayAsk = useMay("ask");
  const [liking, like] = useLiking();
  const root = useRef<HTMLDivElement>(null);
  const roomy = useRoomy(root);
  const [panel, setPanel] = useState<Panel>(
    props.find ? "find" : liking.outline && !compact ? "outline" : undefined,
  );
  const shown = panel === "outline" && liking.outline && !roomy && !props.find ? undefined : panel;
  const [touched, setTouched] = useState(false);
  const open = touched ? panel : shown;
  const box = useRef<HTMLInputElement>(null);
  const view = useRef<View>(null);
  const hasPages = isPaged(document);
  const finding = useFind(document, props.find ?? "");
  const { span, cited, marks, announced } = useCited(props, finding);
  const { goal, go, here, onHere } = usePlace({ ...props, span }, hasPages);

  const toggle = useCallback(
    (wanted: "outline" | "find") => {
      setTouched(true);
      const next = open === wanted ? undefined : wanted;
      setPanel(next);
      if (!compact && roomy) like({ outline: next === "outline" });
      if (next === "find") setTimeout(() => box.current?.select());
    },
    [open, compact, roomy, like],
  );
  const toFind = () => {
    if (open === "find") box.current?.select();
    else toggle("find");
  };
  const toHit = (at: number) => {
    const place = finding.places[at];
    if (!place) return;
    finding.setAt(at);
    go({ span: place.span, align: "middle", ...(place.page && { page: place.page }) });
    if (!roomy) setPanel(undefined);
  };
  const stepHit = (direction: 1 | -1) => {
    const { places, at } = finding;
    if (places.length === 0) toFind();
    else toHit((Math.max(at, direction > 0 ? -1 : 0) + direction + places.length) % places.length);
  };
  const zoom = (direction: 1 | -1) => {
    if (!hasPages) {
      like({ text: Math.min(2, Math.max(0.75, liking.text + direction * 0.1)) });
      return;
    }
    const sheet = root.current?.querySelector<HTMLElement>(`[data-page="${here.page ?? 1}"]`);
    const now = sheet ? percentOf(Number(sheet.dataset.scale)) : 1;
    like({ zoom: stepped(now, direction) });
  };
  const copyLink = async () => {
    const byte = here.byte;
    const place = hasPages
      ? { page: here.page ?? 1 }
      : byte !== undefined
        ? { span: { start: byte, end: byte } }
        : {};
    try {
      await navigator.clipboard.writeText(linkTo(document.id, span ? { span } : place));
      notify(t("linkCopied"));
    } catch (error) {
      notify(say(error), { tone: "bad" });
    }
  };
  const download = async () => {
    try {
      const response = await fetchPath(`/api/v1/documents/${document.id}/original`);
      save(await response.blob(), document.name);
    } catch (error) {
      notify(say(error), { tone: "bad" });
    }
  };
  const toPage = (page: number) => go({ page, align: "start" });
  const toCited = () => span && go({ span, align: "middle" });

  const bindings: Binding[] = [
    { keys: "f", label: t("find"), run: toFind },
    { keys: "Mod+f", label: t("find"), run: toFind },
    { keys: "n", label: t("nextPlace"), run: () => stepHit(1) },
    { keys: "p", label: t("previousPlace"), run: () => stepHit(-1) },
    { keys: "ArrowRight", label: t("nextPage"), run: () => view.current?.step(1) },
    { keys: "ArrowLeft", label: t("previousPage"), run: () => view.current?.step(-1) },
    { keys: "Home", label: t("toBegin"), run: () => view.current?.edge("begin") },
    { keys: "End", label: t("toEnd"), run: () => view.current?.edge("end") },
    { keys: "o", label: t("outline"), run: () => toggle("outline") },
    { keys: "+", label: t("larger"), run: () => zoom(1) },
    { keys: "-", label: t("smaller"), run: () => zoom(-1) },
    ...(span ? [{ keys: "m", label: t("toMarked"), run: () => void toCited() }] : []),
  ];
  const unread = !document.version_id;
  const shared = { document, marks, goal, onHere, ref: view };
  return (
    <div
      ref={root}
      data-testid="reader"
      className={`@container flex min-h-0 flex-col bg-surface ${compact ? "h-full" : "h-[calc(100dvh-7.375rem)] md:h-dvh"}`}
    >
      {compact ? <PaneKeys bindings={bindings} root={root} /> : <PageKeys bindings={bindings} />}
      <Bar
        document={document}
        isPaged={hasPages}
        compact={compact}
        panel={open}
        page={here.page ?? 1}
        count={here.count ?? document.pages ?? 0}
        mayAsk={mayAsk}
        hasCited={span !== undefined}
        place={span ? { ...span } : { ...(hasPages && here.page && { page: here.page }) }}
        onPanel={toggle}
        onPage={toPage}
        onStep={(direction) => view.current?.step(direction)}
        onZoom={zoom}
        onCited={toCited}
        onCopyLink={() => void copyLink()}
        onDownload={() => void download()}
        onAsk={() => void navigate({ to: "/ask", search: { document: document.id } })}
        onClose={props.onClose}
      />
      <p role="status" className="sr-only">
        {announced}
      </p>
      <Notes document={document} onPage={toPage} />
      <div className="relative flex min-h-0 flex-1">
        {open && (
          <Side
            title={open === "outline" ? t("outline") : t("find")}
            docked={roomy}
            onClose={() => toggle(open)}
          >
            {open === "outline" ? (
              <OutlinePanel
                document={document}
                here={here}
                onGo={({ start, page }) => {
                  go({ span: { start, end: start + 1 }, align: "start", ...(page && { page }) });
                  if (!roomy) setPanel(undefined);
                }}
              />
            ) : (
              <FindPanel finding={finding} onGo={toHit} box={box} />
            )}
          </Side>
        )}
        {isPdf(document) || (hasPages && !unread) ? (
          document.state === "failed" && unread ? (
            <Unread document={document} onDownload={() => void download()} />
          ) : (
            <PagedView {...shared} isPdf={isPdf(document)} cited={cited} />
          )
        ) : unread ? (
          isBeingRead(document) ? (
            <BeingRead document={document} />
          ) : (
            <Unread document={document} onDownload={() => void download()} />
          )
        ) : (
          <TextView {...shared} go={go} />
        )}
      </div>
      <SelectionBar document={document} root={root} />
    </div>
  );
}

/** Hands a file over to be kept. */
function save(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = globalThis.document.createElement("a");
  link.href = address;
  link.download = name.split("/").at(-1) || "document";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
