/** The library before the first document: what it is for, and how to begin. */
import { FileUp, Link2 } from "lucide-react";
import { useTranslation } from "react-i18next";
import { Button } from "@/parts/button";
import { CLOTHS } from "./cloth";

/** The backs of a few books: width, height, cloth, and how far one leans. */
const BACKS: readonly [number, number, number, number][] = [
  [26, 118, 0, 0],
  [34, 138, 4, 0],
  [22, 108, 2, 0],
  [30, 128, 1, 0],
  [38, 146, 5, 0],
  [24, 116, 10, 0],
  [32, 132, 3, 0],
  [28, 122, 7, -9],
];

export function EmptyLibrary({
  onPutIn,
  mayPutIn,
}: {
  onPutIn(begin: "files" | "addresses"): void;
  mayPutIn: boolean;
}) {
  const { t } = useTranslation("library");
  const steps = [
    [t("beginDrop"), t("beginDropText")],
    [t("beginRead"), t("beginReadText")],
    [t("beginAsk"), t("beginAskText")],
  ] as const;
  return (
    <div className="mx-auto flex max-w-3xl flex-col items-center pt-6 text-center sm:pt-12">
      <Backs />
      <h2 className="mt-10 font-serif text-2xl font-semibold sm:text-3xl">{t("beginTitle")}</h2>
      <p className="mt-3 max-w-prose text-soft">{mayPutIn ? t("beginText") : t("beginOthers")}</p>
      {mayPutIn && (
        <>
          <div className="mt-7 flex flex-wrap justify-center gap-3">
            <Button look="primary" className="min-h-11 px-5" onClick={() => onPutIn("files")}>
              <FileUp aria-hidden className="size-5" />
              {t("putIn")}
            </Button>
            <Button className="min-h-11 px-5" onClick={() => onPutIn("addresses")}>
              <Link2 aria-hidden className="size-5" />
              {t("putInAddress")}
            </Button>
          </div>
          <ol className="mt-14 grid gap-8 text-start sm:grid-cols-3">
            {steps.map(([title, text], at) => (
              <li key={title} className="border-t border-line pt-4">
                <span aria-hidden className="font-serif text-2xl text-accent">
                  {at + 1}
                </span>
                <h3 className="mt-1 font-semibold">{title}</h3>
                <p className="mt-1 text-sm text-soft">{text}</p>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}

function Backs() {
  let at = 24;
  return (
    <svg aria-hidden viewBox="0 0 320 170" className="w-72 max-w-full" role="presentation">
      {BACKS.map(([width, height, cloth, lean]) => {
        // It leans on its neighbour with its upper corner.
        const x = at + (lean < 0 ? Math.sin((-lean * Math.PI) / 180) * height : 0);
        at = x + width + 3;
        const { ground, ink } = CLOTHS[cloth] ?? { ground: "#33513f", ink: "#efe8cf" };
        return (
          <g key={x} transform={lean < 0 ? `rotate(${lean} ${x} 158)` : undefined}>
            <rect x={x} y={158 - height} width={width} height={height} rx="2.5" fill={ground} />
            <rect
              x={x}
              y={158 - height}
              width={4}
              height={height}
              rx="2"
              fill="#000"
              opacity="0.12"
            />
            <g stroke={ink} strokeWidth="1.5" opacity="0.75">
              <line x1={x + 4} x2={x + width - 4} y1={170 - height} y2={170 - height} />
              <line x1={x + 4} x2={x + width - 4} y1={174 - height} y2={174 - height} />
              <line x1={x + 4} x2={x + width - 4} y1="146" y2="146" />
            </g>
            <rect
              x={x + width / 2 - 2.5}
              y={182 - height}
              width="5"
              height={height * 0.36}
              rx="2.5"
              fill={ink}
              opacity="0.6"
            />
          </g>
        );
      })}
      <rect x="0" y="158" width="320" height="7" rx="1.5" className="fill-edge opacity-60" />
    </svg>
  );
}
