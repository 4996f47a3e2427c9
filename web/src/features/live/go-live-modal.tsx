"use client";

import Link from "next/link";
import { lazy, Suspense, useEffect, useState } from "react";
import { choicesOf, type CategoryChoice } from "@/features/channels/categories";
import { api } from "@/lib/api/browser";
import type { PublishSettings, Stream } from "@/lib/api/types";
import { useForm } from "@/lib/use-form";
import type { Messages } from "@/text/catalogue";
import { TextProvider, useLocale, useText } from "@/text/client";
import { Dialog } from "@/ui/dialog";
import { FormError, SubmitButton } from "@/ui/form";
import { Icon } from "@/ui/icon";
import { HealthPanel } from "@/features/studio/health-panel";
import { LiveLight } from "./live-light";
import { PublishSettingsPanel } from "./publish-settings";
import { languageFrom, StreamFields } from "./stream-fields";
import { useHealth } from "./use-health";

const BrowserStudio = lazy(() => import("@/features/studio/browser-studio"));

type Created = { stream: Stream; publish: PublishSettings };

// From a title to a picture: create the stream, hand over its key, wait for the light to turn green.
export function GoLiveModal({ messages, onClose }: { messages: Messages; onClose: () => void }) {
  return (
    <TextProvider locale={useLocale()} messages={messages}>
      <Steps onClose={onClose} />
    </TextProvider>
  );
}

function Steps({ onClose }: { onClose: () => void }) {
  const t = useText();
  const [created, setCreated] = useState<Created | null>(null);
  const [isOnAir, setOnAir] = useState(false);
  return (
    <Dialog title={created ? created.stream.title : t("golive.title")} onClose={onClose} mayClose={() => !isOnAir || confirm(t("golive.browser_leave_sure"))}>
      {created ? <Ready {...created} isOnAir={isOnAir} onOnAir={setOnAir} onLeave={onClose} /> : <CreateForm onCreated={setCreated} />}
    </Dialog>
  );
}

function CreateForm({ onCreated }: { onCreated: (created: Created) => void }) {
  const t = useText(), locale = useLocale();
  const [categories, setCategories] = useState<CategoryChoice[]>([]);
  useEffect(() => {
    void api("get", "/api/v1/categories").then((answer) => { if (answer.ok) setCategories(choicesOf(answer.data.items, locale)); });
  }, [locale]);
  const form = useForm({
    send: ({ title = "", category = "", language }) =>
      api("post", "/api/v1/streams", { body: { title: title.trim(), category, language: languageFrom(language) } }),
    onDone: ({ stream, publish }) => { if (publish) onCreated({ stream, publish }); },   // One's own always comes with its key.
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

type ReadyProps = Created & { isOnAir: boolean; onOnAir: (isOn: boolean) => void; onLeave: () => void };

// Two ways on air: from this page, or from an encoder with the key.
function Ready({ stream, publish, isOnAir, onOnAir, onLeave }: ReadyProps) {
  const t = useText();
  const health = useHealth(stream.id), state = health?.state ?? stream.state;
  const [way, setWay] = useState<"browser" | "obs">(publish.whip_url ? "browser" : "obs");
  // Leaving this page would end a broadcast that comes from it.
  const elsewhere = isOnAir ? { target: "_blank" } : { onClick: onLeave };
  return (
    <div className="grid gap-5">
      <LiveLight state={state} />
      {state === "live" && (
        <div className="flex flex-wrap gap-3">
          <Link href={`/@${stream.channel.username}`} prefetch={false} className="button button-primary" {...elsewhere}><Icon name="eye" />{t("golive.open_channel")}</Link>
          <Link href="/studio" prefetch={false} className="button button-quiet" {...elsewhere}>{t("golive.open_studio")}</Link>
        </div>
      )}
      {!isOnAir && publish.whip_url && (
        <div className="flex gap-1 justify-self-start rounded-xl bg-raised p-1" role="group" aria-label={t("golive.way")}>
          {(["browser", "obs"] as const).map((one) => (
            <button key={one} type="button" className="segment" aria-pressed={way === one} onClick={() => setWay(one)}>{t(`golive.way_${one}`)}</button>
          ))}
        </div>
      )}
      {way === "browser"
        ? <Suspense fallback={<p>{t("site.loading")}</p>}><BrowserStudio publish={publish} onOnAir={onOnAir} /></Suspense>
        : <PublishSettingsPanel publish={publish} />}
      {state === "live" && <HealthPanel health={health} />}
    </div>
  );
}
