"use client";

import { useText } from "@/text/client";

export default function Failure({ reset }: { reset: () => void }) {
  const t = useText();
  return (
    <section className="mx-auto max-w-xl px-4 py-20 text-center">
      <h1 className="text-3xl">{t("site.error_title")}</h1>
      <p className="pt-3 pb-6 text-muted">{t("site.error_text")}</p>
      <button type="button" className="button button-primary" onClick={reset}>{t("site.retry")}</button>
    </section>
  );
}
