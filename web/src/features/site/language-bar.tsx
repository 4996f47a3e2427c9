import { headers } from "next/headers";
import { ASK_HEADER, LOCALES, type Locale } from "@/lib/locale";
import { getText } from "@/text/server";
import { LOCALE_NAMES } from "@/ui/locale-names";

// Asked once, of a first-time visitor whose browser does not tell, or tells otherwise than the address. Any answer, also
// "as it is", is kept; plain links, so that it works before script and without.
export async function LanguageBar() {
  if (!(await headers()).has(ASK_HEADER)) return null;
  const { t, locale } = await getText();
  return (
    <aside aria-label={t("site.language")} className="border-b border-line bg-tint">
      <div className="mx-auto flex max-w-[94rem] flex-wrap items-center gap-x-2 px-4 py-1.5 sm:px-6">
        <p className="me-auto w-full text-[0.9375rem] font-semibold max-sm:pt-1.5 sm:w-auto">{t("site.language_ask")}</p>
        {LOCALES.map((other) => (
          <a key={other} href={`/language/${other}`} lang={other} hrefLang={other} className="button button-plain button-small min-h-11 max-sm:px-1.5">
            <LanguageName locale={other} />{other === locale && <span className="sr-only" lang={locale}> ({t("site.language_keep")})</span>}
          </a>
        ))}
      </div>
    </aside>
  );
}

// On a phone the country alone: the question has said that it is about languages.
function LanguageName({ locale }: { locale: Locale }) {
  const [language, country] = LOCALE_NAMES[locale].split(/[()]/);
  return country ? <span><span className="max-sm:sr-only">{language}(</span>{country}<span className="max-sm:sr-only">)</span></span> : language;
}
