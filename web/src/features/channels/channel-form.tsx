"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { languageFrom, STREAM_LANGUAGES, TITLE_LENGTH_MAX } from "@/features/live/stream-fields";
import { api } from "@/lib/api/browser";
import type { Channel } from "@/lib/api/types";
import { useForm } from "@/lib/use-form";
import { useText } from "@/text/client";
import { SelectField, TextArea, TextField } from "@/ui/field";
import { FormError, SubmitButton } from "@/ui/form";
import type { CategoryChoice } from "./categories";
import { REGIONS, regionChoiceFrom } from "./regions";

// `of` names the channel when it is not the reader's own but one they edit for somebody.
export function ChannelForm({ channel, categories, of }: { channel: Channel; categories: CategoryChoice[]; of?: string }) {
  const t = useText(), router = useRouter();
  const [isSaved, setSaved] = useState(false);
  const form = useForm({
    send: ({ display_name = "", description = "", language, region, default_title = "", default_category = "" }) => {
      setSaved(false);
      const title = default_title.trim(), name = display_name.trim();
      return api("patch", "/api/v1/channel", {
        query: { channel: of },
        body: { ...(name ? { display_name: name } : {}), description: description.trim(), language: languageFrom(language), region: regionChoiceFrom(region), default_category, ...(title ? { default_title: title } : {}) },
      });
    },
    onDone: () => { setSaved(true); router.refresh(); },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <TextField name="display_name" label={t("account.channel_name")} defaultValue={channel.display_name} error={form.fieldErrors.display_name} required maxLength={50} autoComplete="off" />
      <TextArea name="description" label={t("account.description")} defaultValue={channel.description} error={form.fieldErrors.description} maxLength={2000} rows={4} />
      <TextField name="default_title" label={t("account.default_title")} defaultValue={channel.default_title} error={form.fieldErrors.default_title} maxLength={TITLE_LENGTH_MAX} autoComplete="off" />
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField name="default_category" label={t("account.default_category")} defaultValue={channel.default_category} error={form.fieldErrors.default_category}>
          {categories.map(({ slug, name }) => <option key={slug} value={slug}>{name}</option>)}
        </SelectField>
        <SelectField name="language" label={t("account.content_language")} defaultValue={channel.language} error={form.fieldErrors.language}>
          {STREAM_LANGUAGES.map((language) => <option key={language} value={language}>{t(`language.${language}`)}</option>)}
        </SelectField>
        <SelectField name="region" label={t("region.of_channel")} hint={t("region.of_channel_hint")} defaultValue={channel.region ?? "none"} error={form.fieldErrors.region}>
          <option value="none">{t("region.none")}</option>
          {REGIONS.map((region) => <option key={region} value={region}>{t(`region.${region}`)}</option>)}
        </SelectField>
      </div>
      <p className="flex items-center gap-4"><SubmitButton isPending={form.isPending}>{t("creator.save")}</SubmitButton>
        <span role="status" className="font-semibold text-good">{isSaved ? t("account.saved") : ""}</span></p>
    </form>
  );
}
