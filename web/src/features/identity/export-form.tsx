"use client";

import { useState } from "react";
import { exportAccount } from "@/lib/api/download";
import { saveFile } from "@/lib/save-file";
import { useForm } from "@/lib/use-form";
import { useText } from "@/text/client";
import { FormError, PasswordField, SubmitButton } from "@/ui/form";
import { CodeField } from "./code-field";

// Everything about somebody is worth asking once more who they are.
export function ExportForm({ hasTwoFactor }: { hasTwoFactor: boolean }) {
  const t = useText();
  const [saved, setSaved] = useState("");
  const form = useForm({
    send: ({ password = "", code }) => {
      setSaved("");
      return exportAccount({ body: { password, ...(code ? { code } : {}) } });
    },
    onDone: (file, element) => {
      element.reset();
      saveFile(file);
      setSaved(file.name);
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <PasswordField name="password" label={t("auth.current_password")} error={form.fieldErrors.password} autoComplete="current-password" />
      {hasTwoFactor && <CodeField error={form.fieldErrors.code} />}
      <p><SubmitButton isPending={form.isPending}>{t("care.export_action")}</SubmitButton></p>
      <p role="status" className={saved ? "font-semibold text-good wrap-anywhere" : "sr-only"}>{saved && t("care.export_done", { file: saved })}</p>
    </form>
  );
}
