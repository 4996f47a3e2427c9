import { useId, type InputHTMLAttributes } from "react";

// On or off, at once. The platform's own checkbox under another shape: it works in a form, and before script comes.
type Props = { label: string; hint?: string } & Omit<InputHTMLAttributes<HTMLInputElement>, "type" | "role">;

export function Switch({ label, hint, className = "", ...input }: Props) {
  const id = useId();
  return (
    <label className={`switch ${className}`}>
      <span className="min-w-0 flex-1">
        <span id={id} className="block">{label}</span>
        {hint && <span id={`${id}-hint`} className="block text-sm text-muted">{hint}</span>}
      </span>
      <input {...input} type="checkbox" role="switch" className="switch-input" aria-labelledby={id} aria-describedby={hint ? `${id}-hint` : undefined} />
    </label>
  );
}
