"use client";

import { api } from "@/lib/api/browser";
import type { Account } from "@/lib/api/types";
import { useForm } from "@/lib/use-form";
import { useText } from "@/text/client";
import { Button } from "@/ui/button";
import { FormError, SubmitButton } from "@/ui/form";
import { CodeField } from "./code-field";

// After the password: the code of the app. The cookie of the first step goes along by itself.
export function SecondStepForm({ onDone, onBack }: { onDone: (account: Account) => void; onBack: () => void }) {
  const t = useText();
  const form = useForm({ send: ({ code = "" }) => api("post", "/api/v1/sessions/second-step", { body: { code } }), onDone });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <div>
        <h2 className="text-lg">{t("care.step_title")}</h2>
        <p className="text-muted">{t("care.step_text")} {t("care.step_lost")}</p>
      </div>
      <FormError {...form} />
      <CodeField error={form.fieldErrors.code} autoFocus />
      <SubmitButton isPending={form.isPending}>{t("care.step_action")}</SubmitButton>
      <Button variant="plain" onClick={onBack}>{t("care.step_back")}</Button>
    </form>
  );
}
