"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { CategoryChoice } from "@/features/channels/categories";
import { TITLE_LENGTH_MAX } from "@/features/live/stream-fields";
import { api } from "@/lib/api/browser";
import type { CallResult } from "@/lib/api/call";
import type { Channel, Occurrence, ScheduleEntry, ScheduleEntryRequest } from "@/lib/api/types";
import { dateTimeIn, durationIn } from "@/lib/time";
import { useForm } from "@/lib/use-form";
import { useLocale, useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { SelectField, TextField } from "@/ui/field";
import { FormError, SubmitButton } from "@/ui/form";
import { showToast } from "@/ui/toast";
import { ConfirmButton } from "./confirm-button";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const LENGTHS_MIN = [30, 60, 90, 120, 180, 240, 360, 480] as const;
const MINUTE_S = 60;
type Weekday = (typeof WEEKDAYS)[number];
const weekdayFrom = (value: string | undefined): Weekday => WEEKDAYS.find((day) => day === value) ?? "monday";

type ListProps = { entries: ScheduleEntry[]; occurrences: Occurrence[]; categories: CategoryChoice[]; defaults: Channel; channel: string | undefined };

export function EntryList({ entries, occurrences, categories, defaults, channel }: ListProps) {
  const t = useText(), locale = useLocale();
  const [pending, change] = useChange();
  const [editing, setEditing] = useState<ScheduleEntry | null>(null);
  if (entries.length === 0) return <p className="text-muted">{t("presence.nothing")}</p>;
  return (
    <>
      <ul>
        {entries.map((entry) => {
          const { id, title, weekday, time, time_zone, duration_min, next_starts_at, starts_at } = entry;
          return (
            <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-line py-3 first:border-0">
              <p className="min-w-40 flex-1">
                <b className="block wrap-anywhere">{title}</b>
                <span className="block text-[0.9375rem] text-muted" suppressHydrationWarning>
                  {weekday && time ? t("presence.every", { day: t(`presence.${weekdayFrom(weekday)}`), time, zone: time_zone ?? "" }) : starts_at ? dateTimeIn(locale, starts_at) : ""} · {durationIn(locale, duration_min * MINUTE_S)}
                </span>
                {weekday && next_starts_at && <span className="block text-sm text-muted" suppressHydrationWarning>{t("presence.next", { date: dateTimeIn(locale, next_starts_at) })}</span>}
              </p>
              <span className="flex flex-wrap gap-2">
                <Button size="small" className="min-h-11" aria-label={t("presence.edit_named", { title })} onClick={() => setEditing(entry)}>{t("presence.edit")}</Button>
                <ConfirmButton label={t("creator.delete")} title={t("presence.delete_title", { title })} text={t("presence.delete_sure")} isPending={pending === String(id)}
                  onConfirm={() => void change(String(id), () => api("delete", "/api/v1/channel/schedule/{entry_id}", { path: { entry_id: id }, query: { channel } }))} />
              </span>
              {weekday && <Dates dates={occurrences.filter(({ entry_id }) => entry_id === id)} channel={channel} />}
            </li>
          );
        })}
      </ul>
      {editing && (
        <Dialog title={t("presence.edit_named", { title: editing.title })} onClose={() => setEditing(null)}>
          <EntryForm entry={editing} categories={categories} defaults={defaults} channel={channel} onSaved={() => setEditing(null)} />
        </Dialog>
      )}
    </>
  );
}

// The dates of what is on every week: one of them alone can be called off, and on again.
function Dates({ dates, channel }: { dates: Occurrence[]; channel: string | undefined }) {
  const t = useText(), locale = useLocale();
  const [pending, change] = useChange();
  if (dates.length === 0) return null;
  const path = "/api/v1/channel/schedule/{entry_id}/cancelled/{date}";
  return (
    <details className="w-full">
      <summary className="inline-flex min-h-11 cursor-pointer items-center font-semibold text-cobalt">{t("presence.dates")}</summary>
      <ul className="grid gap-1">
        {dates.map(({ entry_id, date, starts_at, is_cancelled }) => {
          const when = dateTimeIn(locale, starts_at), where = { path: { entry_id, date }, query: { channel } };
          return (
            <li key={date} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 rounded-xl bg-paper px-3 py-1.5">
              <span suppressHydrationWarning>{is_cancelled ? <><s className="text-muted">{when}</s> <b className="text-bad">{t("presence.cancelled")}</b></> : when}</span>
              {is_cancelled
                ? <Button size="small" className="min-h-11" isPending={pending === date} aria-label={t("presence.restore_date_named", { date: when })}
                    onClick={() => void change(date, () => api("delete", path, where))}>{t("presence.restore_date")}</Button>
                : <ConfirmButton variant="quiet" label={t("presence.cancel_date")} name={t("presence.cancel_date_named", { date: when })} title={t("presence.cancel_title", { date: when })}
                    text={t("presence.cancel_sure")} keepLabel={t("presence.keep_date")} confirmLabel={t("presence.cancel_this")} isPending={pending === date} onConfirm={() => void change(date, () => api("put", path, where))} />}
            </li>
          );
        })}
      </ul>
    </details>
  );
}

// Something is changed at once, by its name; a refusal is said, and the page tells what is so now.
function useChange(): [pending: string | null, change: (name: string, call: () => Promise<CallResult<unknown>>) => Promise<void>] {
  const say = useErrorWords(), router = useRouter();
  const [pending, setPending] = useState<string | null>(null);
  const change = async (name: string, call: () => Promise<CallResult<unknown>>) => {
    setPending(name);
    const answer = await call();
    setPending(null);
    if (!answer.ok) showToast({ text: await say(answer.error), tone: "bad" });
    router.refresh();
  };
  return [pending, change];
}

// Once, at a moment; or every week at an hour of the place where it is announced, summer and winter.
type FormProps = { entry?: ScheduleEntry; categories: CategoryChoice[]; defaults: Channel; channel: string | undefined; onSaved?: () => void };

export function EntryForm({ entry, categories, defaults, channel, onSaved }: FormProps) {
  const t = useText(), locale = useLocale(), router = useRouter();
  const [isWeekly, setWeekly] = useState(Boolean(entry?.weekday));
  const lengths = entry && !LENGTHS_MIN.some((minutes) => minutes === entry.duration_min) ? [...LENGTHS_MIN, entry.duration_min] : LENGTHS_MIN;
  const form = useForm({
    send: ({ title = "", category = "", duration = "60", weekday, time = "", moment = "" }) => {
      const shared = { title: title.trim(), category, duration_min: Number(duration) };
      const body: ScheduleEntryRequest = isWeekly
        ? { ...shared, weekday: weekdayFrom(weekday), time, time_zone: entry?.time_zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone }
        : { ...shared, starts_at: new Date(moment).toISOString() };
      return entry
        ? api("put", "/api/v1/channel/schedule/{entry_id}", { path: { entry_id: entry.id }, query: { channel }, body })
        : api("post", "/api/v1/channel/schedule", { query: { channel }, body });
    },
    onDone: (_, element) => {
      if (!entry) element.reset();
      showToast({ text: t(entry ? "presence.edited" : "presence.announced_done"), tone: "good" });
      onSaved?.();
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <TextField name="title" label={t("golive.stream_title")} defaultValue={entry?.title} error={form.fieldErrors.title} required maxLength={TITLE_LENGTH_MAX} autoComplete="off" />
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField name="category" label={t("golive.category")} defaultValue={entry?.category ?? defaults.default_category} error={form.fieldErrors.category}>
          {categories.map(({ slug, name }) => <option key={slug} value={slug}>{name}</option>)}
        </SelectField>
        <SelectField name="duration" label={t("presence.duration")} defaultValue={String(entry?.duration_min ?? 60)} error={form.fieldErrors.duration_min}>
          {lengths.map((minutes) => <option key={minutes} value={minutes}>{durationIn(locale, minutes * MINUTE_S)}</option>)}
        </SelectField>
        <SelectField name="rhythm" label={t("presence.rhythm")} value={isWeekly ? "weekly" : "once"} onChange={(event) => setWeekly(event.target.value === "weekly")}>
          <option value="once">{t("presence.once")}</option>
          <option value="weekly">{t("presence.weekly")}</option>
        </SelectField>
        {!isWeekly && <TextField name="moment" type="datetime-local" label={t("presence.moment")} defaultValue={entry?.starts_at ? onTheClock(entry.starts_at) : undefined} hint={t("presence.moment_hint")} error={form.fieldErrors.starts_at} required />}
        {isWeekly && (
          <>
            <SelectField name="weekday" label={t("presence.weekday")} defaultValue={entry?.weekday ?? undefined} error={form.fieldErrors.weekday}>
              {WEEKDAYS.map((day) => <option key={day} value={day}>{t(`presence.${day}`)}</option>)}
            </SelectField>
            <TextField name="time" type="time" label={t("presence.time")} defaultValue={entry?.time ?? undefined}
              hint={entry?.time_zone ? t("presence.time_hint_zone", { zone: entry.time_zone }) : t("presence.time_hint")} error={form.fieldErrors.time} required />
          </>
        )}
      </div>
      <SubmitButton isPending={form.isPending} className="button button-primary justify-self-start">{t(entry ? "creator.save" : "presence.announce_it")}</SubmitButton>
    </form>
  );
}

// As a datetime-local field writes a moment: on the reader's clock.
function onTheClock(moment: string): string {
  const at = new Date(moment);
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_S * 1000).toISOString().slice(0, 16);
}
