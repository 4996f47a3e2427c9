"use client";

import Link from "next/link";
import { useEffect, useRef, useState } from "react";
import { api } from "@/lib/api/browser";
import type { Category, PublishSettings, Stream } from "@/lib/api/types";
import { useForm } from "@/lib/use-form";
import type { Messages } from "@/text/catalogue";
import { TextProvider, useLocale, useText } from "@/text/client";
import { FormError, SubmitButton } from "@/ui/form";
import { Icon } from "@/ui/icon";
import { LiveLight } from "./live-light";
import { PublishSettingsPanel } from "./publish-settings";
import { languageFrom, StreamFields } from "./stream-fields";
import { useHealth } from "./use-health";

type Created = { stream: Stream; publish: PublishSettings };

// From a title to a picture: create the stream, hand over its key, wait for the light to turn green.
export function GoLiveModal({ messages, onClose }: { messages: Messages; onClose: () => void }) {
  return (
    <TextProvider locale={useLocale()} messages={messages}>
      <Dialog onClose={onClose} />
    </TextProvider>
  );
}

function Dialog({ onClose }: { onClose: () => void }) {
  const t = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  const [created, setCreated] = useState<Created | null>(null);
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby="go-live" onClose={onClose}>
      <div className="sticky top-0 z-10 flex items-center justify-between gap-4 border-b border-line bg-surface px-5 py-3 sm:px-7">
        <h2 id="go-live" className="text-2xl">{created ? t("golive.ready") : t("golive.title")}</h2>
        <button type="button" className="icon-button" aria-label={t("site.close")} onClick={() => dialog.current?.close()}><Icon name="close" /></button>
      </div>
      <div className="px-5 pt-5 pb-7 sm:px-7">
        {created ? <Ready {...created} onLeave={() => dialog.current?.close()} /> : <CreateForm onCreated={setCreated} />}
      </div>
    </dialog>
  );
}

function CreateForm({ onCreated }: { onCreated: (created: Created) => void }) {
  const t = useText();
  const [categories, setCategories] = useState<Category[]>([]);
  useEffect(() => {
    void api("get", "/api/v1/categories").then((answer) => { if (answer.ok) setCategories(answer.data.items); });
  }, []);
  const form = useForm({
    send: ({ title = "", category = "", language }) =>
      api("post", "/api/v1/streams", { body: { title: title.trim(), category, language: languageFrom(language) } }),
    onDone: onCreated,
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <StreamFields categories={categories} values={{}} errors={form.fieldErrors} />
      <p className="text-sm text-muted">{t("golive.create_note")}</p>
      <SubmitButton isPending={form.isPending} className="button button-sun justify-self-start">{t("golive.create")}</SubmitButton>
    </form>
  );
}

function Ready({ stream, publish, onLeave }: Created & { onLeave: () => void }) {
  const t = useText();
  const state = useHealth(stream.id)?.state ?? stream.state;
  return (
    <div className="grid gap-5">
      <LiveLight state={state} />
      {state === "live" && (
        <div className="flex flex-wrap gap-3">
          <Link href={`/@${stream.channel.username}`} prefetch={false} className="button button-primary" onClick={onLeave}><Icon name="eye" />{t("golive.open_channel")}</Link>
          <Link href="/studio" prefetch={false} className="button button-quiet" onClick={onLeave}>{t("golive.open_studio")}</Link>
        </div>
      )}
      <PublishSettingsPanel publish={publish} />
    </div>
  );
}
