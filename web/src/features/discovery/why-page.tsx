import { getText } from "@/text/server";
import { clipped } from "@/lib/seo/metadata";

export async function whyMetadata() {
  const { t } = await getText();
  return { title: t("discover.why_title"), description: clipped(t("discover.why_description")), alternates: { canonical: "/about/discovery" } };
}

// The rule of server/discovery/rules.h in the reader's words. Whoever changes the rule changes these.
export async function WhyPage() {
  const { t } = await getText();
  return (
    <div className="mx-auto max-w-2xl px-4 py-10 text-lg sm:px-6">
      <h1 className="text-3xl">{t("discover.why_title")}</h1>
      <ol className="grid list-decimal gap-4 ps-6 pt-6 marker:font-bold marker:text-cobalt">
        <li>{t("discover.why_viewers")}</li>
        <li>{t("discover.why_small")}</li>
        <li>{t("discover.why_region")}</li>
        <li>{t("discover.why_label")}</li>
        <li>{t("discover.why_off")}</li>
      </ol>
    </div>
  );
}
