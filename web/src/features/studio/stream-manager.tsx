"use client";

import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { CategoryChoice } from "@/features/channels/categories";
import { LiveLight } from "@/features/live/live-light";
import { languageFrom, StreamFields } from "@/features/live/stream-fields";
import { useHealth } from "@/features/live/use-health";
import { api } from "@/lib/api/browser";
import type { Stream } from "@/lib/api/types";
import { useForm } from "@/lib/use-form";
import { number } from "@/text/numbers";
import { useLocale, useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { ButtonLink } from "@/ui/button";
import { CopyField } from "@/ui/copy-field";
import { FormError, SubmitButton } from "@/ui/form";
import { ConfirmButton } from "./confirm-button";
import { GraceCountdown } from "./grace-countdown";
import { HealthPanel } from "./health-panel";
import { LiveCurve } from "./live-curve";
import { Preview } from "./preview";
import { Ways } from "./ways";

type Props = { stream: Stream; categories: CategoryChoice[]; mayRun: boolean; mayKey: boolean; watchUrl: string };

// One stream from its key to its end: what viewers see, how many they are, how well it arrives, and what can be changed.
export function StreamManager({ stream, categories, mayRun, mayKey, watchUrl }: Props) {
  const t = useText(), locale = useLocale(), router = useRouter();
  const health = useHealth(stream.id);
  const state = health?.state ?? stream.state;
  const isOn = state === "live" || state === "reconnecting";
  useEffect(() => { if (state === "ended") router.refresh(); }, [state, router]);   // Somebody ended it, or nobody came back.
  return (
    <section className="panel grid gap-6" aria-labelledby="current">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-3">
        <h2 id="current" className="min-w-0 text-xl wrap-anywhere">{stream.title}</h2>
        <div className="flex flex-wrap gap-2">
          <ButtonLink href={`/@${stream.channel.username}`} size="small" icon="eye" className="min-h-11" target="_blank">{t("golive.open_channel")}</ButtonLink>
          {mayRun && <EndButton streamId={stream.id} isOn={isOn} />}
        </div>
      </div>
      <LiveLight state={state} />
      {state === "reconnecting" && health?.grace_ends_at && <GraceCountdown endsAt={health.grace_ends_at} />}
      {isOn && (
        <div className="grid gap-6 xl:grid-cols-2">
          <Preview stream={stream} />
          <div className="grid content-start gap-4">
            <p><span className="block text-sm text-muted">{t("studio.health_viewers")}</span>
              <b className="font-display text-4xl tabular-nums" data-testid="viewers-now">{number(locale, health?.viewer_count ?? stream.viewer_count)}</b></p>
            <LiveCurve streamId={stream.id} />
            <CopyField label={t("studio.watch_link")} value={watchUrl} copyLabel={t("social.share")} />
          </div>
        </div>
      )}
      {mayKey
        ? <Ways streamId={stream.id} isWaiting={!isOn} />
        : !isOn && <p className="rounded-xl bg-raised px-4 py-3">{t("studio.owner_sends")}</p>}
      <div className="grid gap-6 border-t border-line pt-6 xl:grid-cols-2">
        <HealthPanel health={health} />
        {mayRun && <EditForm stream={stream} categories={categories} />}
      </div>
    </section>
  );
}

function EditForm({ stream, categories }: { stream: Stream; categories: CategoryChoice[] }) {
  const t = useText(), router = useRouter();
  const [isSaved, setSaved] = useState(false);
  const form = useForm({
    send: ({ title = "", category = "", language }) => {
      setSaved(false);
      const body = { title: title.trim(), category, language: languageFrom(language) };
      return api("patch", "/api/v1/streams/{stream_id}", { path: { stream_id: stream.id }, body });
    },
    onDone: () => { setSaved(true); router.refresh(); },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid content-start gap-5">
      <h3 className="text-lg">{t("studio.edit")}</h3>
      <FormError {...form} />
      <StreamFields categories={categories} values={stream} errors={form.fieldErrors} />
      <p className="flex flex-wrap items-center gap-4"><SubmitButton isPending={form.isPending}>{t("creator.save")}</SubmitButton>
        <span role="status" className="font-semibold text-good">{isSaved ? t("studio.saved_live") : ""}</span></p>
    </form>
  );
}

function EndButton({ streamId, isOn }: { streamId: number; isOn: boolean }) {
  const t = useText(), say = useErrorWords(), router = useRouter();
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState("");
  const end = async () => {
    setPending(true);
    const answer = await api("post", "/api/v1/streams/{stream_id}/end", { path: { stream_id: streamId } });
    setPending(false);
    if (answer.ok) router.refresh(); else setProblem(await say(answer.error));
  };
  return (
    <>
      <ConfirmButton label={t(isOn ? "live.end" : "studio.discard")} title={t(isOn ? "live.end" : "studio.discard")} text={t(isOn ? "studio.end_sure" : "studio.discard_sure")} icon="stop" isPending={isPending} onConfirm={() => void end()} />
      <span role="alert" className={problem ? "basis-full text-sm font-semibold text-bad" : "sr-only"}>{problem}</span>
    </>
  );
}
