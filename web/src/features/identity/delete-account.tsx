"use client";

import { useState } from "react";
import { api } from "@/lib/api/browser";
import { dateIn } from "@/lib/time";
import { useForm } from "@/lib/use-form";
import { useLocale, useText } from "@/text/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { FormError, PasswordField, SubmitButton } from "@/ui/form";
import { CodeField } from "./code-field";

type Props = { username: string; hasTwoFactor: boolean };

export function DeleteAccount({ username, hasTwoFactor }: Props) {
  const t = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="danger" onClick={() => setOpen(true)}>{t("care.delete_open")}</Button>
      {isOpen && <Farewell username={username} hasTwoFactor={hasTwoFactor} onClose={() => setOpen(false)} />}
    </>
  );
}

function Farewell({ username, hasTwoFactor, onClose }: Props & { onClose: () => void }) {
  const t = useText(), locale = useLocale();
  const [eraseAfter, setEraseAfter] = useState("");
  const form = useForm({
    send: ({ username: typed = "", password = "", code }) =>
      api("post", "/api/v1/account/deletion", { body: { username: typed.trim(), password, ...(code ? { code } : {}) } }),
    onDone: ({ erase_after }) => setEraseAfter(erase_after),
  });
  const leave = () => { location.assign("/"); };   // Nobody is signed in any more: every page is another one now.
  if (eraseAfter) {
    return (
      <Dialog title={t("care.delete_done")} size="small" onClose={leave}>
        <p role="status">{t("care.delete_done_text", { date: dateIn(locale, eraseAfter) })}</p>
      </Dialog>
    );
  }
  return (
    <Dialog title={t("care.delete_title", { username })} size="small" onClose={onClose}>
      <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
        <p>{t("care.delete_hint")}</p>
        <FormError {...form} />
        <TextField name="username" label={t("care.delete_type", { username })} error={form.fieldErrors.username} required maxLength={25} autoComplete="off" autoCapitalize="none" spellCheck={false} />
        <PasswordField name="password" label={t("auth.current_password")} error={form.fieldErrors.password} autoComplete="current-password" />
        {hasTwoFactor && <CodeField error={form.fieldErrors.code} />}
        <SubmitButton isPending={form.isPending} className="button button-danger">{t("care.delete_action")}</SubmitButton>
      </form>
    </Dialog>
  );
}
