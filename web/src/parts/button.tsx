import { Link, type LinkProps } from "@tanstack/react-router";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { Tooltip } from "./tooltip";

type Look = "primary" | "plain" | "quiet" | "danger";

const BASE =
  "inline-flex items-center justify-center gap-2 rounded-lg text-sm font-medium transition-colors disabled:cursor-not-allowed disabled:opacity-55 aria-disabled:opacity-55";
const LOOKS: Record<Look, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  plain: "border border-edge bg-raised text-ink hover:bg-sunken",
  quiet: "text-ink hover:bg-sunken",
  danger: "border border-bad text-bad hover:bg-bad-tint",
};

/** How a button looks, for what has to look like one. */
export function buttonClass(look: Look = "plain", more = ""): string {
  return `${BASE} ${LOOKS[look]} min-h-9 px-3.5 py-1.5 ${more}`;
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  look?: Look;
  ref?: Ref<HTMLButtonElement>;
};

/** A button with words. */
export function Button({ look = "plain", className = "", type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={buttonClass(look, className)} {...rest} />;
}

type IconButtonProps = Omit<ButtonProps, "aria-label"> & { label: string; children: ReactNode };

/** A button that is a picture: its words are told to screen readers, and to everybody who waits over it. */
export function IconButton({
  label,
  look = "quiet",
  className = "",
  type = "button",
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip words={label}>
      <button
        type={type}
        aria-label={label}
        className={`${BASE} ${LOOKS[look]} size-9 shrink-0 ${className}`}
        {...rest}
      />
    </Tooltip>
  );
}

/** A link that looks like a button. */
export function LinkButton({
  look = "plain",
  className = "",
  children,
  ...rest
}: LinkProps & { look?: Look; className?: string; children?: ReactNode }) {
  return (
    <Link className={buttonClass(look, className)} {...rest}>
      {children}
    </Link>
  );
}
