"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { LiveLight } from "@/features/live/live-light";
import { languageFrom, StreamFields } from "@/features/live/stream-fields";
import { useHealth } from "@/features/live/use-health";
import { api } from "@/lib/api/browser";
import type { Category, Stream } from "@/lib/api/types";
import { useErrorWords, useForm } from "@/lib/use-form";
import { useText } from "@/text/client";
import { FormError, SubmitButton } from "@/ui/form";
import { Icon } from "@/ui/icon";
import { HealthPanel } from "./health-panel";
import { KeyActions } from "./key-actions";

export function CurrentStream({ stream, categories }: { stream: Stream; categories: Category[] }) {
  const t = useText();
  const health = useHealth(stream.id);
  const state = health?.state ?? stream.state;
  const path = { stream_id: stream.id };
  return (
    <section className="panel grid gap-6" aria-labelledby="current">
      <div className="flex flex-wrap items-center justify-between gap-4">
        <h2 id="current" className="text-xl">{t("studio.current")}</h2>
        <div className="flex flex-wrap gap-2">
          <Link href={`/@${stream.channel.username}`} prefetch={false} className="button button-quiet button-small"><Icon name="eye" />{t("golive.open_channel")}</Link>
          <EndButton streamId={stream.id} />
        </div>
      </div>
      <LiveLight state={state} />
      <div className="grid gap-6 lg:grid-cols-2">
        <HealthPanel health={health} />
        <EditForm stream={stream} categories={categories} />
      </div>
      <div className="border-t border-line pt-5">
        <h3 className="pb-3 text-lg">{t("studio.key")}</h3>
        <KeyActions show={() => api("get", "/api/v1/streams/{stream_id}/key", { path })}
          rotate={() => api("post", "/api/v1/streams/{stream_id}/key", { path })}
          revoke={() => api("delete", "/api/v1/streams/{stream_id}/key", { path })} />
      </div>
    </section>
  );
}

function EditForm({ stream, categories }: { stream: Stream; categories: Category[] }) {
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
      <p className="flex items-center gap-4"><SubmitButton isPending={form.isPending}>{t("creator.save")}</SubmitButton>
        <span role="status" className="font-semibold text-good">{isSaved ? t("account.saved") : ""}</span></p>
    </form>
  );
}

function EndButton({ streamId }: { streamId: number }) {
  const t = useText(), say = useErrorWords(), router = useRouter();
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState("");
  const end = async () => {
    if (!confirm(t("studio.end_sure"))) return;
    setPending(true);
    const answer = await api("post", "/api/v1/streams/{stream_id}/end", { path: { stream_id: streamId } });
    setPending(false);
    if (answer.ok) router.refresh(); else setProblem(say(answer.error));
  };
  return (
    <>
      <button type="button" className="button button-danger button-small" disabled={isPending} onClick={end}>{t("live.end")}</button>
      <span role="alert" className={problem ? "basis-full text-sm font-semibold text-bad" : "sr-only"}>{problem}</span>
    </>
  );
}
