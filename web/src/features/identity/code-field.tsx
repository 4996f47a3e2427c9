"use client";

import { useText } from "@/text/client";
import { TextField } from "@/ui/field";

// Six digits of the app, or a recovery code: phones offer the digits by themselves.
export function CodeField({ error, autoFocus }: { error?: string; autoFocus?: boolean }) {
  const t = useText();
  return (
    <TextField name="code" label={t("care.code")} hint={t("care.code_hint")} error={error} autoComplete="one-time-code" autoCapitalize="none"
      spellCheck={false} required minLength={6} maxLength={20} autoFocus={autoFocus} className="font-mono tracking-widest" />
  );
}
