/** The cover of a document: its picture, or a binding of cloth drawn from its title and authors. */
import { useState } from "react";
import { binding, type Cloth, type Tooling, titleSize } from "./cloth";
import { useFormatName } from "./kinds";
import { usePicture } from "./pictures";

/** What a cover is made of. */
export interface Covered {
  readonly id: string;
  readonly title: string;
  readonly name: string;
  readonly authors: readonly string[];
  readonly format: string;
  readonly cover?: string | null;
}

const SIZES = {
  small: "w-9 rounded-[3px]",
  medium: "w-full rounded-md",
  large: "w-36 rounded-md sm:w-44",
} as const;

/** A cover; what it shows is said beside it, so it is silent to screen readers. */
export function Cover({
  document,
  size = "medium",
}: {
  document: Covered;
  size?: "small" | "medium" | "large";
}) {
  const picture = usePicture(document.cover);
  return (
    <div
      aria-hidden
      className={`@container relative aspect-[5/7] shrink-0 dark:brightness-90 select-none overflow-hidden shadow-[0_1px_2px_rgb(0_0_0/0.25),0_4px_12px_rgb(0_0_0/0.14)] ${SIZES[size]}`}
    >
      {typeof picture === "string" ? (
        <Picture url={picture} />
      ) : (
        <Bound document={document} bare={size === "small"} />
      )}
      <span className="pointer-events-none absolute inset-0 rounded-[inherit] ring-1 ring-black/10 ring-inset dark:ring-white/10" />
    </div>
  );
}

/** A picture; one that is wider than a book is shown whole. */
function Picture({ url }: { url: string }) {
  const [wide, setWide] = useState(false);
  return (
    <img
      src={url}
      alt=""
      draggable={false}
      onLoad={({ currentTarget: image }) => setWide(image.naturalWidth > image.naturalHeight * 0.9)}
      className={`size-full bg-white object-top ${wide ? "object-contain object-center" : "object-cover"}`}
    />
  );
}

function Bound({ document, bare }: { document: Covered; bare: boolean }) {
  const formatName = useFormatName();
  const { cloth, tooling } = binding(document.title || document.name);
  const title = document.title || document.name;
  return (
    <div
      className="relative flex size-full flex-col text-center font-serif"
      style={{ background: cloth.ground, color: cloth.ink }}
    >
      <Boards cloth={cloth} tooling={bare ? "plain" : tooling} />
      {!bare && (
        <div className="flex min-h-0 flex-1 flex-col justify-between px-[13cqi] pt-[17cqi] pb-[13cqi] ps-[17cqi]">
          <p
            dir="auto"
            className="line-clamp-5 font-semibold leading-[1.16] [hyphens:auto] [overflow-wrap:anywhere]"
            style={{ fontSize: `${titleSize(title)}cqi` }}
          >
            {title}
          </p>
          <div className="flex flex-col items-center gap-[3.5cqi]">
            {document.authors.length > 0 && (
              <p className="line-clamp-2 text-[7cqi] leading-tight opacity-90">
                {document.authors.slice(0, 2).join(" · ")}
              </p>
            )}
            {document.format && (
              <p className="font-sans text-[5.6cqi] tracking-[0.14em] uppercase">
                {formatName(document.format)}
              </p>
            )}
          </div>
        </div>
      )}
    </div>
  );
}

/** The spine's fold, the light on the cloth, and the lines pressed into it. */
function Boards({ cloth, tooling }: { cloth: Cloth; tooling: Tooling }) {
  const line = { borderColor: cloth.ink };
  return (
    <>
      <span className="absolute inset-0 bg-linear-to-br from-white/12 via-transparent to-black/15" />
      <span className="absolute inset-y-0 start-0 w-[6%] bg-linear-to-r from-black/25 via-white/12 to-black/15 rtl:bg-linear-to-l" />
      {tooling === "frame" && (
        <span
          className="absolute start-[11%] end-[6%] inset-y-[5%] border-[0.9cqi] border-double opacity-55"
          style={{ ...line, borderWidth: "2.2cqi" }}
        />
      )}
      {tooling === "rules" && (
        <>
          <span
            className="absolute start-[13%] end-[8%] top-[7%] border-t opacity-60"
            style={line}
          />
          <span
            className="absolute start-[13%] end-[8%] top-[8.6%] border-t opacity-60"
            style={line}
          />
          <span
            className="absolute start-[13%] end-[8%] bottom-[5%] border-t opacity-60"
            style={line}
          />
        </>
      )}
      {tooling === "band" && (
        <span
          className="absolute start-[6%] end-0 top-[5.5%] h-[3%] opacity-30"
          style={{ background: cloth.ink }}
        />
      )}
    </>
  );
}
