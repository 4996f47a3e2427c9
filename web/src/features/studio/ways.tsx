"use client";

import { lazy, Suspense, useState } from "react";
import { PublishSettingsPanel } from "@/features/live/publish-settings";
import { api } from "@/lib/api/browser";
import type { PublishSettings } from "@/lib/api/types";
import { useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { Button } from "@/ui/button";
import { Icon, type IconName } from "@/ui/icon";
import { useLeaveGuard } from "./use-leave-guard";

const BrowserStudio = lazy(() => import("./browser-studio"));

type Way = "browser" | "obs";
const WAYS: readonly { way: Way; icon: IconName }[] = [{ way: "browser", icon: "camera" }, { way: "obs", icon: "screen" }];

// How the picture gets here: from this page (a phone too), or from an encoder with the stream's key.
export function Ways({ streamId, isWaiting }: { streamId: number; isWaiting: boolean }) {
  const t = useText(), say = useErrorWords();
  const [way, setWay] = useState<Way | null>(null);
  const [publish, setPublish] = useState<PublishSettings | null>(null);
  const [problem, setProblem] = useState("");
  const [isOnAir, setOnAir] = useState(false);
  useLeaveGuard(isOnAir, t("studio.leave_sure"));

  const choose = async (next: Way) => {
    setWay(next);
    if (publish) return;
    const answer = await api("get", "/api/v1/streams/{stream_id}/key", { path: { stream_id: streamId } });
    setProblem(answer.ok ? "" : await say(answer.error));
    if (answer.ok) setPublish(answer.data);
  };
  // While it arrives from elsewhere the ways would only be in the way.
  if (!isWaiting && !isOnAir && !way) return null;
  return (
    <section aria-labelledby="ways" className="grid gap-4">
      <h3 id="ways" className="text-lg">{t("golive.way")}</h3>
      {!isOnAir && (
        <div className="grid gap-3 sm:grid-cols-2" role="group" aria-labelledby="ways">
          {WAYS.map((one) => (
            <button key={one.way} type="button" className="way" aria-pressed={way === one.way} onClick={() => void choose(one.way)}>
              <Icon name={one.icon} className="size-7 flex-none text-cobalt" />
              <span><b className="block">{t(`studio.way_${one.way}`)}</b><span className="block text-sm text-muted">{t(`studio.way_${one.way}_hint`)}</span></span>
            </button>
          ))}
        </div>
      )}
      <p role="alert" className={problem ? "font-semibold text-bad" : "sr-only"}>{problem}</p>
      {publish && way === "browser" && (publish.whip_url
        ? <Suspense fallback={<p>{t("site.loading")}</p>}><BrowserStudio publish={publish} onOnAir={setOnAir} /></Suspense>
        : <p>{t("error.webrtc.off")}</p>)}
      {publish && way === "obs" && <PublishSettingsPanel publish={publish} />}
      {way && !isOnAir && !isWaiting && <Button size="small" className="min-h-11 justify-self-start" onClick={() => setWay(null)}>{t("site.close")}</Button>}
    </section>
  );
}
