import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";

/** How a box for typing looks. */
export const inputClass =
  "w-full min-h-9 rounded-lg border border-edge bg-raised px-3 py-1.5 text-sm text-ink disabled:opacity-60 aria-invalid:border-bad";

interface Around {
  label: string;
  /** What helps to fill it in. */
  hint?: ReactNode;
  /** What is wrong with what stands in it. */
  error?: ReactNode;
  /** Whether the label is told to screen readers alone. */
  quiet?: boolean | undefined;
}

function Around({
  id,
  label,
  hint,
  error,
  quiet,
  children,
}: Around & { id: string; children: ReactNode }) {
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className={quiet ? "sr-only" : "text-sm font-medium"}>
        {label}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-soft">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-xs font-medium text-bad">
          {error}
        </p>
      )}
    </div>
  );
}

/** What ties a control to the words around it, and to those that it is described by elsewhere. */
function useAround(
  { label, hint, error, quiet }: Around,
  given: { id?: string | undefined; "aria-describedby"?: string | undefined },
) {
  const made = useId();
  const id = given.id ?? made;
  return {
    around: { id, label, hint, error, ...(quiet !== undefined && { quiet }) },
    control: {
      id,
      "aria-invalid": error ? true : undefined,
      "aria-describedby":
        [given["aria-describedby"], hint && `${id}-hint`, error && `${id}-error`]
          .filter(Boolean)
          .join(" ") || undefined,
    },
  };
}

/** A line to type in. */
export function TextField({
  label,
  hint,
  error,
  quiet,
  className = "",
  ...rest
}: Around & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  const { around, control } = useAround({ label, hint, error, quiet }, rest);
  return (
    <Around {...around}>
      <input {...rest} {...control} className={`${inputClass} ${className}`} />
    </Around>
  );
}

/** Lines to type in. */
export function TextArea({
  label,
  hint,
  error,
  quiet,
  className = "",
  ...rest
}: Around & TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  const { around, control } = useAround({ label, hint, error, quiet }, rest);
  return (
    <Around {...around}>
      <textarea {...rest} {...control} className={`${inputClass} ${className}`} />
    </Around>
  );
}

/** One of a few. */
export function SelectField({
  label,
  hint,
  error,
  quiet,
  className = "",
  children,
  ...rest
}: Around & SelectHTMLAttributes<HTMLSelectElement>) {
  const { around, control } = useAround({ label, hint, error, quiet }, rest);
  return (
    <Around {...around}>
      <select {...rest} {...control} className={`${inputClass} ${className}`}>
        {children}
      </select>
    </Around>
  );
}

/** Yes or no. */
export function CheckField({
  label,
  hint,
  ...rest
}: { label: ReactNode; hint?: ReactNode } & Omit<InputHTMLAttributes<HTMLInputElement>, "type">) {
  const made = useId();
  const id = rest.id ?? made;
  return (
    <div className="flex items-start gap-2.5">
      <input
        {...rest}
        id={id}
        type="checkbox"
        aria-describedby={hint ? `${id}-hint` : undefined}
        className="mt-0.5 size-4.5 accent-accent"
      />
      <div>
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        {hint && (
          <p id={`${id}-hint`} className="text-xs text-soft">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
