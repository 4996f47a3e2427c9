"use client";

import { useRef, useState, type FormEvent } from "react";
import type { CallResult } from "@/lib/api/call";
import { useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";

// One form: checks its fields in our own words, sends it once, says what went wrong where it went wrong.
type Options<T> = {
  send: (fields: Record<string, string>) => Promise<CallResult<T>>;
  onDone: (data: T, form: HTMLFormElement) => void;
};

export function useForm<T>({ send, onDone }: Options<T>) {
  const t = useText(), say = useErrorWords();
  const [isPending, setPending] = useState(false);
  const [fieldErrors, setFieldErrors] = useState<Record<string, string>>({});
  const [error, setError] = useState<string | null>(null);
  const banner = useRef<HTMLParagraphElement>(null);

  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    if (isPending) return;
    setError(null);
    const wrong = invalidControls(form);
    setFieldErrors(Object.fromEntries(wrong.map((control) => [control.name, complaint(control, t)])));
    if (wrong[0]) return wrong[0].focus();

    setPending(true);
    const fields = Object.fromEntries([...new FormData(form)].filter((entry): entry is [string, string] => typeof entry[1] === "string"));
    const answer = await send(fields);
    const refusal = answer.ok ? "" : await say(answer.error);
    setPending(false);
    if (answer.ok) return onDone(answer.data, form);
    const control = answer.error.field ? form.elements.namedItem(answer.error.field) : null;
    if (control instanceof HTMLElement && "name" in control) {
      setFieldErrors({ [String(control.name)]: refusal });
      control.focus();
    } else {
      setError(refusal);
      requestAnimationFrame(() => banner.current?.focus());
    }
  };
  return { onSubmit, isPending, fieldErrors, error, banner };
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function invalidControls(form: HTMLFormElement): Control[] {
  return [...form.elements].filter((element): element is Control =>
    (element instanceof HTMLInputElement || element instanceof HTMLSelectElement || element instanceof HTMLTextAreaElement) &&
    element.name !== "" && !element.validity.valid);
}

function complaint(control: Control, t: ReturnType<typeof useText>): string {
  const { validity } = control;
  if (validity.valueMissing) return t("form.required");
  if (validity.tooShort && "minLength" in control) return t("form.too_short", { n: control.minLength });
  if (validity.typeMismatch) return t("form.email");
  if (validity.patternMismatch) return t("form.pattern");
  return t("form.invalid");
}
