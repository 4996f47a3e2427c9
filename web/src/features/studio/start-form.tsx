"use client";

import { useRouter } from "next/navigation";
import type { CategoryChoice } from "@/features/channels/categories";
import { languageFrom, StreamFields } from "@/features/live/stream-fields";
import { api } from "@/lib/api/browser";
import type { Channel } from "@/lib/api/types";
import { useForm } from "@/lib/use-form";
import { useText } from "@/text/client";
import { FormError, SubmitButton } from "@/ui/form";

// A title, and the stream is there; the page then shows the ways to send to it.
export function StartForm({ categories, defaults, channel }: { categories: CategoryChoice[]; defaults: Channel; channel: string | undefined }) {
  const t = useText(), router = useRouter();
  const form = useForm({
    send: ({ title = "", category = "", language }) =>
      api("post", "/api/v1/streams", { query: { channel }, body: { title: title.trim(), category, language: languageFrom(language) } }),
    onDone: () => router.refresh(),
  });
  const values = { title: defaults.default_title, category: defaults.default_category, language: defaults.language };
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <StreamFields categories={categories} values={values} errors={form.fieldErrors} />
      <p className="text-sm text-muted">{t("golive.create_note")}</p>
      <SubmitButton isPending={form.isPending} className="button button-sun justify-self-start">{t("golive.create")}</SubmitButton>
    </form>
  );
}
