import type { Occurrence } from "@/lib/api/types";
import { durationIn } from "@/lib/time";
import { getText } from "@/text/server";
import { ButtonLink } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { Countdown, LocalTime, LocalZone } from "./local-time";

type Props = { channel: { username: string; display_name: string; is_owner: boolean }; occurrences: readonly Occurrence[]; names: Record<string, string> };

export const calendarPath = (username: string, one?: Pick<Occurrence, "entry_id" | "date">) =>
  `/@${username}/calendar.ics${one ? `?entry=${one.entry_id}&date=${one.date}` : ""}`;

// What the channel has announced, in the viewer's own time.
export async function ScheduleList({ channel, occurrences, names }: Props) {
  const { t, locale } = await getText();
  return (
    <section aria-labelledby="schedule" className="pt-6">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h2 id="schedule" className="text-2xl">{t("schedule.title")}</h2>
        {channel.is_owner && <ButtonLink href="/studio/schedule" size="small" icon="calendar">{t("channel.edit_schedule")}</ButtonLink>}
      </div>
      {occurrences.length === 0
        ? <p className="panel mt-4 max-w-prose">{channel.is_owner ? t("schedule.empty_owner") : t("schedule.empty", { channel: channel.display_name })}</p>
        : <>
            <p className="pt-1 text-sm text-muted"><LocalZone /></p>
            <ol className="grid gap-3 pt-4">
              {occurrences.map((one) => (
                <li key={`${one.entry_id} ${one.date}`} className="panel flex flex-wrap items-center gap-x-4 gap-y-2 py-4!">
                  <span className="min-w-0 flex-1 basis-40">
                    <LocalTime at={one.starts_at} className="block text-sm font-semibold text-cobalt first-letter:uppercase" />
                    <span className={`block font-bold wrap-anywhere ${one.is_cancelled ? "line-through" : ""}`}>{one.title}</span>
                    <span className="flex flex-wrap gap-x-3 text-sm text-muted">
                      <span>{names[one.category] ?? one.category}</span>
                      <span>{t("schedule.lasts", { time: durationIn(locale, (Date.parse(one.ends_at) - Date.parse(one.starts_at)) / 1000) })}</span>
                      {one.is_weekly && <span>{t("schedule.weekly")}</span>}
                    </span>
                  </span>
                  {one.is_cancelled
                    ? <b className="text-bad">{t("schedule.cancelled")}</b>
                    : <a href={calendarPath(channel.username, one)} download className="icon-button" aria-label={t("schedule.add_named", { title: one.title })} title={t("schedule.add")}><Icon name="calendar" /></a>}
                </li>
              ))}
            </ol>
            <p className="pt-4"><a href={calendarPath(channel.username)} className="link inline-flex min-h-11 items-center gap-2"><Icon name="download" />{t("schedule.subscribe")}</a></p>
          </>}
    </section>
  );
}

// The one that comes next, large: what an offline page is for.
export async function NextLive({ channel, next, children }: { channel: Props["channel"]; next: Occurrence; children?: React.ReactNode }) {
  const { t } = await getText();
  return (
    <section aria-labelledby="next-live" className="mx-auto w-full max-w-xl rounded-2xl bg-surface p-5 text-start text-ink shadow-xl sm:p-6">
      <h2 id="next-live" className="text-sm font-semibold text-muted">{t("schedule.next")}</h2>
      <p className="pt-1 font-display text-xl font-bold wrap-anywhere sm:text-2xl">{next.title}</p>
      <p className="pt-1"><LocalTime at={next.starts_at} className="inline-block first-letter:uppercase" /></p>
      <p className="pt-2 font-bold text-cobalt tabular-nums"><Countdown at={next.starts_at} /></p>
      <div className="flex flex-wrap gap-2 pt-4">
        {children}
        <a href={calendarPath(channel.username, next)} download className="button button-quiet"><Icon name="calendar" />{t("schedule.add")}</a>
      </div>
    </section>
  );
}
