"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { REGIONS, regionChoiceFrom } from "@/features/channels/regions";
import { api } from "@/lib/api/browser";
import type { Account } from "@/lib/api/types";
import { LOCALES, localeFrom } from "@/lib/locale";
import { rememberLocale } from "@/lib/preferences";
import { useForm } from "@/lib/use-form";
import { useText } from "@/text/client";
import { SelectField, TextField } from "@/ui/field";
import { FormError, PasswordField, SubmitButton } from "@/ui/form";
import { LOCALE_NAMES } from "@/ui/locale-names";

export function ProfileForm({ account }: { account: Account }) {
  const t = useText(), router = useRouter();
  const [isSaved, setSaved] = useState(false);
  const form = useForm({
    send: ({ display_name = "", locale, region }) => {
      setSaved(false);
      return api("patch", "/api/v1/account", { body: { display_name: display_name.trim(), locale: localeFrom(locale) ?? account.locale, region: regionChoiceFrom(region) } });
    },
    onDone: (saved) => {
      rememberLocale(saved.locale);
      if (saved.locale !== account.locale) return location.reload();   // The document's language changes with it.
      setSaved(true);
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <TextField name="display_name" label={t("auth.display_name")} defaultValue={account.display_name} error={form.fieldErrors.display_name} required maxLength={50} autoComplete="nickname" />
      <SelectField name="locale" label={t("account.interface_language")} defaultValue={account.locale} error={form.fieldErrors.locale}>
        {LOCALES.map((locale) => <option key={locale} value={locale} lang={locale}>{LOCALE_NAMES[locale]}</option>)}
      </SelectField>
      <SelectField name="region" label={t("region.of_account")} defaultValue={account.region ?? "none"} error={form.fieldErrors.region}>
        <option value="none">{t("region.none")}</option>
        {REGIONS.map((region) => <option key={region} value={region}>{t(`region.${region}`)}</option>)}
      </SelectField>
      <p className="flex items-center gap-4"><SubmitButton isPending={form.isPending}>{t("creator.save")}</SubmitButton>
        <span role="status" className="font-semibold text-good">{isSaved ? t("account.saved") : ""}</span></p>
    </form>
  );
}

export function PasswordForm() {
  const t = useText(), router = useRouter();
  const [isSaved, setSaved] = useState(false);
  const form = useForm({
    send: ({ current_password = "", password = "" }) => {
      setSaved(false);
      return api("put", "/api/v1/password", { body: { current_password, password } });
    },
    onDone: (_, element) => {
      element.reset();
      setSaved(true);
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <PasswordField name="current_password" label={t("auth.current_password")} error={form.fieldErrors.current_password} autoComplete="current-password" />
      <PasswordField name="password" label={t("auth.new_password")} hint={t("auth.password_hint")} error={form.fieldErrors.password} autoComplete="new-password" />
      <p className="flex flex-wrap items-center gap-4"><SubmitButton isPending={form.isPending}>{t("account.change_password")}</SubmitButton>
        <span role="status" className="font-semibold text-good">{isSaved ? t("account.password_changed") : ""}</span></p>
    </form>
  );
}
