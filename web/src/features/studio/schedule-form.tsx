"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import type { CategoryChoice } from "@/features/channels/categories";
import { TITLE_LENGTH_MAX } from "@/features/live/stream-fields";
import { api } from "@/lib/api/browser";
import type { Channel, ScheduleEntry, ScheduleEntryRequest } from "@/lib/api/types";
import { dateTimeIn, durationIn } from "@/lib/time";
import { useForm } from "@/lib/use-form";
import { useLocale, useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { SelectField, TextField } from "@/ui/field";
import { FormError, SubmitButton } from "@/ui/form";
import { showToast } from "@/ui/toast";
import { ConfirmButton } from "./confirm-button";

const WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
const LENGTHS_MIN = [30, 60, 90, 120, 180, 240, 360, 480] as const;
const MINUTE_S = 60;
type Weekday = (typeof WEEKDAYS)[number];
const weekdayFrom = (value: string | undefined): Weekday => WEEKDAYS.find((day) => day === value) ?? "monday";

export function EntryList({ entries, channel }: { entries: ScheduleEntry[]; channel: string | undefined }) {
  const t = useText(), locale = useLocale(), say = useErrorWords(), router = useRouter();
  const [pending, setPending] = useState(0);
  const remove = async (id: number) => {
    setPending(id);
    const answer = await api("delete", "/api/v1/channel/schedule/{entry_id}", { path: { entry_id: id }, query: { channel } });
    setPending(0);
    if (!answer.ok) showToast({ text: await say(answer.error), tone: "bad" });
    router.refresh();
  };
  if (entries.length === 0) return <p className="text-muted">{t("presence.nothing")}</p>;
  return (
    <ul>
      {entries.map(({ id, title, weekday, time, time_zone, duration_min, next_starts_at, starts_at }) => (
        <li key={id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 border-t border-line py-3 first:border-0">
          <p className="min-w-40 flex-1">
            <b className="block wrap-anywhere">{title}</b>
            <span className="block text-[0.9375rem] text-muted" suppressHydrationWarning>
              {weekday && time ? t("presence.every", { day: t(`presence.${weekdayFrom(weekday)}`), time, zone: time_zone ?? "" }) : starts_at ? dateTimeIn(locale, starts_at) : ""} · {durationIn(locale, duration_min * MINUTE_S)}
            </span>
            {weekday && next_starts_at && <span className="block text-sm text-muted" suppressHydrationWarning>{t("presence.next", { date: dateTimeIn(locale, next_starts_at) })}</span>}
          </p>
          <ConfirmButton label={t("creator.delete")} title={t("presence.delete_title", { title })} text={t("presence.delete_sure")} isPending={pending === id} onConfirm={() => void remove(id)} />
        </li>
      ))}
    </ul>
  );
}

// Once, at a moment; or every week at an hour of the place where it is announced, summer and winter.
export function EntryForm({ categories, defaults, channel }: { categories: CategoryChoice[]; defaults: Channel; channel: string | undefined }) {
  const t = useText(), locale = useLocale(), router = useRouter();
  const [isWeekly, setWeekly] = useState(false);
  const form = useForm({
    send: ({ title = "", category = "", duration = "60", weekday, time = "", moment = "" }) => {
      const shared = { title: title.trim(), category, duration_min: Number(duration) };
      const body: ScheduleEntryRequest = isWeekly
        ? { ...shared, weekday: weekdayFrom(weekday), time, time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone }
        : { ...shared, starts_at: new Date(moment).toISOString() };
      return api("post", "/api/v1/channel/schedule", { query: { channel }, body });
    },
    onDone: (_, element) => {
      element.reset();
      showToast({ text: t("presence.announced_done"), tone: "good" });
      router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <TextField name="title" label={t("golive.stream_title")} error={form.fieldErrors.title} required maxLength={TITLE_LENGTH_MAX} autoComplete="off" />
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField name="category" label={t("golive.category")} defaultValue={defaults.default_category} error={form.fieldErrors.category}>
          {categories.map(({ slug, name }) => <option key={slug} value={slug}>{name}</option>)}
        </SelectField>
        <SelectField name="duration" label={t("presence.duration")} defaultValue="60" error={form.fieldErrors.duration_min}>
          {LENGTHS_MIN.map((minutes) => <option key={minutes} value={minutes}>{durationIn(locale, minutes * MINUTE_S)}</option>)}
        </SelectField>
        <SelectField name="rhythm" label={t("presence.rhythm")} value={isWeekly ? "weekly" : "once"} onChange={(event) => setWeekly(event.target.value === "weekly")}>
          <option value="once">{t("presence.once")}</option>
          <option value="weekly">{t("presence.weekly")}</option>
        </SelectField>
        {!isWeekly && <TextField name="moment" type="datetime-local" label={t("presence.moment")} hint={t("presence.moment_hint")} error={form.fieldErrors.starts_at} required />}
        {isWeekly && (
          <>
            <SelectField name="weekday" label={t("presence.weekday")} error={form.fieldErrors.weekday}>
              {WEEKDAYS.map((day) => <option key={day} value={day}>{t(`presence.${day}`)}</option>)}
            </SelectField>
            <TextField name="time" type="time" label={t("presence.time")} hint={t("presence.time_hint")} error={form.fieldErrors.time} required />
          </>
        )}
      </div>
      <SubmitButton isPending={form.isPending} className="button button-primary justify-self-start">{t("presence.announce_it")}</SubmitButton>
    </form>
  );
}
