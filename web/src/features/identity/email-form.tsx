"use client";

import { useState } from "react";
import { api } from "@/lib/api/browser";
import { useForm } from "@/lib/use-form";
import { useText } from "@/text/client";
import { TextField } from "@/ui/field";
import { FormError, PasswordField, SubmitButton } from "@/ui/form";
import { CodeField } from "./code-field";

export function EmailForm({ hasTwoFactor }: { hasTwoFactor: boolean }) {
  const t = useText();
  const [sentTo, setSentTo] = useState("");
  const form = useForm({
    send: ({ email = "", password = "", code }) => {
      setSentTo("");
      return api("put", "/api/v1/account/email", { body: { email: email.trim(), password, ...(code ? { code } : {}) } });
    },
    onDone: (_, element) => {
      setSentTo(String(new FormData(element).get("email")));
      element.reset();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <TextField name="email" type="email" label={t("care.new_email")} error={form.fieldErrors.email} autoComplete="email" required maxLength={254} />
      <PasswordField name="password" label={t("auth.current_password")} error={form.fieldErrors.password} autoComplete="current-password" />
      {hasTwoFactor && <CodeField error={form.fieldErrors.code} />}
      <p><SubmitButton isPending={form.isPending}>{t("care.change_email")}</SubmitButton></p>
      <p role="status" className={sentTo ? "font-semibold text-good" : "sr-only"}>{sentTo && t("care.email_sent", { email: sentTo })}</p>
    </form>
  );
}
