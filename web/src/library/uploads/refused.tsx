/** Below a file that was not taken: what can be done about that. */
import { FileUp } from "lucide-react";
import { type ChangeEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button, LinkButton } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { useSentence } from "@/parts/trouble";
import { clear, putIn, type Upload } from "./queue";
import { mostOf, refusalOf } from "./refusal";
import { chosen } from "./tree";

/** What is said of it. */
export function useRefusal(): (upload: Upload) => string {
  const { t } = useTranslation("library");
  const { bytes } = useFormats();
  const say = useSentence();
  return (upload) => {
    const { error, bytes: size } = upload;
    const refusal = refusalOf(upload);
    const most = mostOf(error);
    if (refusal === "other") return say(error);
    return refusal === "large" && most !== undefined
      ? t("refusal.largeThan", { size: bytes(size), most: bytes(most) })
      : t(`refusal.${refusal}`);
  };
}

export function Refused({ upload }: { upload: Upload }) {
  const { t } = useTranslation(["library", "common"]);
  const input = useRef<HTMLInputElement>(null);
  const refusal = refusalOf(upload);
  const take = ({ currentTarget: { files } }: ChangeEvent<HTMLInputElement>) => {
    if (!files || files.length === 0) return;
    void putIn(chosen(files), upload.labels);
    clear([upload.id]);
  };
  if (refusal === "full")
    return (
      <div className="mt-2">
        <LinkButton to="/library" search={{ view: "list", order: "largest" }}>
          {t("makeRoom")}
        </LinkButton>
      </div>
    );
  if (refusal !== "large" && refusal !== "empty") return null;
  const words = refusal === "large" ? t("common:remedy.too_large") : t("chooseAnother");
  return (
    <div className="mt-2">
      <Button onClick={() => input.current?.click()}>
        <FileUp aria-hidden className="size-4 shrink-0" />
        {words}
      </Button>
      <input ref={input} type="file" multiple hidden aria-label={words} onChange={take} />
    </div>
  );
}
