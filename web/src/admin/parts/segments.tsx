import { type ReactNode, useId } from "react";

/** One of a few, side by side. */
export function Segments<V extends string>({
  label,
  value,
  onChange,
  choices,
}: {
  label: string;
  value: V;
  onChange(value: V): void;
  choices: readonly { value: V; label: ReactNode }[];
}) {
  const name = useId();
  return (
    <fieldset className="flex w-fit max-w-full flex-wrap rounded-lg border border-edge bg-raised p-0.5">
      <legend className="sr-only">{label}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className="relative cursor-pointer rounded-md px-3 py-1.5 text-sm text-soft has-checked:bg-tint has-checked:font-medium has-checked:text-accent-strong has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
            className="absolute inset-0 cursor-pointer appearance-none opacity-0"
          />
          {choice.label}
        </label>
      ))}
    </fieldset>
  );
}
