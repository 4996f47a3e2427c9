import Link from "next/link";
import { getText } from "@/text/server";
import { Mark } from "@/ui/logo";

export async function Footer() {
  const { t } = await getText();
  return (
    <footer className="mt-16">
      <div className="calcada calcada-floor [--stone:var(--floor)]" aria-hidden="true" />
      <div className="bg-(--floor) pb-[var(--foot,0px)] text-white">
        <div className="mx-auto flex max-w-[94rem] flex-wrap items-center gap-x-8 gap-y-4 px-4 py-8 sm:px-6">
          <Mark className="size-11" />
          <p className="min-w-52 flex-1">
            <span className="block font-display text-xl font-bold">{t("site.footer")}</span>
            <span className="block max-w-xl pt-1 text-sm opacity-85">{t("site.footer_note")}</span>
          </p>
          <Link href="/emotes" prefetch={false} className="inline-flex min-h-11 items-center font-semibold underline-offset-4 hover:underline">{t("emote.title")}</Link>
        </div>
      </div>
    </footer>
  );
}
