import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from "react";

// A labelled control with its hint and its error, tied together for screen readers: by ids of their own, because two forms
// of one page may each have a field of the same name.
type Shared = { name: string; label: string; hint?: string; error?: string; note?: string };
type Tied = Shared & { id: string };

function Frame({ id, label, hint, error, note, children }: Tied & { children: ReactNode }) {
  return (
    <div>
      <label htmlFor={id} className="block pb-1.5 font-semibold">{label}{note && <span className="font-normal text-muted"> ({note})</span>}</label>
      {children}
      {hint && <p id={`${id}-hint`} className="pt-1.5 text-sm text-muted">{hint}</p>}
      {error && <p id={`${id}-error`} className="pt-1.5 text-sm font-semibold text-bad">{error}</p>}
    </div>
  );
}

function described({ id, name, hint, error }: Tied) {
  const ids = [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return { id, name, "aria-describedby": ids || undefined, "aria-invalid": error ? true : undefined };
}

export function TextField({ label, hint, error, note, end, className = "", ...input }: Shared & { end?: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  const own = useId(), shared = { id: input.id ?? own, name: input.name, label, hint, error, note };
  return (
    <Frame {...shared}>
      <div className="relative">
        <input {...input} {...described(shared)} className={`field-input ${end ? "pe-24" : ""} ${className}`} />
        {end && <div className="absolute inset-y-0 end-1 flex items-center">{end}</div>}
      </div>
    </Frame>
  );
}

export function TextArea({ label, hint, error, note, ...input }: Shared & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const own = useId(), shared = { id: input.id ?? own, name: input.name, label, hint, error, note };
  return <Frame {...shared}><textarea {...input} {...described(shared)} className="field-input" /></Frame>;
}

export function SelectField({ label, hint, error, note, children, ...input }: Shared & SelectHTMLAttributes<HTMLSelectElement>) {
  const own = useId(), shared = { id: input.id ?? own, name: input.name, label, hint, error, note };
  return <Frame {...shared}><select {...input} {...described(shared)} className="field-input">{children}</select></Frame>;
}
