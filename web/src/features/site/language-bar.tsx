import { headers } from "next/headers";
import { ASK_HEADER, LOCALES } from "@/lib/locale";
import { getText } from "@/text/server";
import { LOCALE_NAMES } from "@/ui/locale-names";

// Asked once, of a first-time visitor whose browser does not tell, or tells otherwise than the address. Any answer, also
// "as it is", is kept; plain links, so that it works before script and without.
export async function LanguageBar() {
  if (!(await headers()).has(ASK_HEADER)) return null;
  const { t, locale } = await getText();
  return (
    <aside aria-label={t("site.language")} className="border-b border-line bg-tint">
      <div className="mx-auto flex max-w-[94rem] flex-wrap items-center gap-x-2 gap-y-1 px-4 py-1.5 sm:px-6">
        <p className="me-auto py-1.5 text-[0.9375rem] font-semibold">{t("site.language_ask")}</p>
        {LOCALES.map((other) => (
          <a key={other} href={`/language/${other}`} lang={other} hrefLang={other} className="button button-plain button-small min-h-11">
            {LOCALE_NAMES[other]}{other === locale && <span className="sr-only" lang={locale}> ({t("site.language_keep")})</span>}
          </a>
        ))}
      </div>
    </aside>
  );
}
