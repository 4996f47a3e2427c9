import type { About, Channel } from "@/lib/api/types";
import { markdownToHtml } from "@/lib/markdown";
import { dateIn } from "@/lib/time";
import { getText } from "@/text/server";
import { ButtonLink } from "@/ui/button";
import { Icon } from "@/ui/icon";

type Props = { channel: Channel; about: About | null; isWhole: boolean };

// The channel in its own words: its description, where else it is, and, on the tab for it, its panels.
export async function AboutChannel({ channel, about, isWhole }: Props) {
  const { t, locale } = await getText();
  const links = about?.links ?? [], panels = isWhole ? about?.panels ?? [] : [];
  return (
    <section className="pt-6" aria-labelledby="about">
      <div className="panel">
        <div className="flex flex-wrap items-center justify-between gap-3">
          <h2 id="about" className="text-xl">{t("channel.about", { channel: channel.display_name })}</h2>
          {channel.is_owner && isWhole && <ButtonLink href="/studio/channel" size="small">{t("channel.edit_about")}</ButtonLink>}
        </div>
        <p className="max-w-prose pt-2 whitespace-pre-line wrap-anywhere">{channel.description || t("channel.no_description")}</p>
        {links.length > 0 && (
          <ul aria-label={t("channel.links")} className="flex flex-wrap gap-2 pt-4">
            {links.map(({ label, url }) => (
              <li key={label + url}>
                <a href={url} target="_blank" rel="ugc nofollow noopener" className="chip min-h-11"><Icon name="leave" className="size-4" />{label}
                  <span className="text-muted">{hostOf(url)}</span><span className="sr-only">, {t("channel.opens_elsewhere")}</span></a>
              </li>
            ))}
          </ul>
        )}
        <p className="flex flex-wrap gap-x-4 pt-4 text-sm text-muted">
          <span>{t("channel.speaks", { language: t(`language.${channel.language}`) })}</span>
          {channel.region && <span>{t(`region.${channel.region}`)}</span>}
          <span>{t("channel.since", { date: dateIn(locale, channel.created_at) })}</span>
        </p>
      </div>
      {panels.length > 0 && (
        <div className="columns-1 gap-4 pt-4 md:columns-2">
          {panels.map(({ title, body }, at) => (
            <article key={at} className="panel mb-4 break-inside-avoid">
              <h3 className="text-lg wrap-anywhere">{title}</h3>
              <div className="prose pt-2" dangerouslySetInnerHTML={{ __html: markdownToHtml(body) }} />
            </article>
          ))}
        </div>
      )}
      {isWhole && panels.length === 0 && channel.is_owner && <p className="pt-4 text-muted">{t("channel.no_panels_owner")}</p>}
    </section>
  );
}

function hostOf(url: string): string {
  try { return new URL(url).hostname.replace(/^www\./, ""); } catch { return ""; }
}
