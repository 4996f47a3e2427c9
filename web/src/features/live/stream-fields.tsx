"use client";

import type { CategoryChoice } from "@/features/channels/categories";
import type { Stream } from "@/lib/api/types";
import { useLocale, useText } from "@/text/client";
import { SelectField, TextField } from "@/ui/field";

type Props = {
  categories: CategoryChoice[];
  values: { title?: string; category?: string; language?: Stream["language"] };
  errors: Record<string, string>;
};

export const TITLE_LENGTH_MAX = 140;
export const STREAM_LANGUAGES = ["pt-PT", "pt-BR", "other"] as const;

export function languageFrom(value: string | undefined): Stream["language"] {
  return STREAM_LANGUAGES.find((language) => language === value) ?? "other";
}

export function StreamFields({ categories, values, errors }: Props) {
  const t = useText(), locale = useLocale();
  return (
    <>
      <TextField name="title" label={t("golive.stream_title")} placeholder={t("golive.title_placeholder")} defaultValue={values.title} error={errors.title} required maxLength={TITLE_LENGTH_MAX} autoComplete="off" />
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField name="category" label={t("golive.category")} defaultValue={values.category ?? categories[0]?.slug} error={errors.category} required>
          {categories.map(({ slug, name }) => <option key={slug} value={slug}>{name}</option>)}
        </SelectField>
        <SelectField name="language" label={t("golive.language")} defaultValue={values.language ?? (locale === "en" ? "pt-PT" : locale)} error={errors.language}>
          {STREAM_LANGUAGES.map((language) => <option key={language} value={language}>{t(`language.${language}`)}</option>)}
        </SelectField>
      </div>
    </>
  );
}
