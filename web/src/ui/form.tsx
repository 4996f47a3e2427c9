"use client";

import { useId, useState, type ReactNode, type RefObject } from "react";
import { useText } from "@/text/client";
import { TextField } from "./field";
import { useHydrated } from "./use-hydrated";

export function FormError({ error, banner }: { error: string | null; banner: RefObject<HTMLParagraphElement | null> }) {
  return (
    <p ref={banner} role="alert" tabIndex={error ? -1 : undefined} className={error ? "rounded-xl border-2 border-bad px-4 py-3 font-semibold text-bad outline-none" : "sr-only"}>{error}</p>
  );
}

export function SubmitButton({ isPending, children, className = "button button-primary" }: { isPending: boolean; children: ReactNode; className?: string }) {
  const t = useText(), isHydrated = useHydrated();
  return <button type="submit" className={`${className} disabled:opacity-100`} disabled={!isHydrated} aria-disabled={isPending} aria-busy={isPending}>{isPending ? t("site.loading") : children}</button>;
}

type PasswordProps = { name: string; label: string; hint?: string; error?: string; autoComplete: "current-password" | "new-password" };

export function PasswordField({ name, label, hint, error, autoComplete }: PasswordProps) {
  const t = useText(), id = useId();
  const [isShown, setShown] = useState(false);
  return (
    <TextField id={id} name={name} label={label} hint={hint} error={error} autoComplete={autoComplete} required maxLength={200}
      minLength={autoComplete === "new-password" ? 10 : undefined} type={isShown ? "text" : "password"}
      end={<button type="button" className="button button-plain button-small" aria-pressed={isShown} aria-controls={id} onClick={() => setShown(!isShown)}>
        {t(isShown ? "auth.hide_password" : "auth.show_password")}</button>} />
  );
}
