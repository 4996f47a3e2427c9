"use client";

import { lazy, Suspense, useEffect, useState } from "react";
import type { Stream } from "@/lib/api/types";
import { useText } from "@/text/client";
import { Button } from "@/ui/button";

const PreviewVideo = lazy(() => import("./preview-video"));
const PICTURE_MS = 10_000;   // The server makes a new one about as often.

// What viewers see, for next to nothing: a picture every ten seconds, and the moving one on request, silent and in its
// smallest size. It sends no heartbeat, so nobody is counted.
export function Preview({ stream }: { stream: Stream }) {
  const t = useText();
  const [isMoving, setMoving] = useState(false);
  return (
    <figure className="grid content-start gap-2">
      <div className="relative aspect-video overflow-hidden rounded-xl bg-room">
        {isMoving ? <Suspense><PreviewVideo stream={stream} /></Suspense> : <Still streamId={stream.id} />}
      </div>
      <figcaption className="flex flex-wrap items-center justify-between gap-2 text-sm text-muted">
        {t(isMoving ? "studio.preview_moving" : "studio.preview_still")}
        <Button size="small" className="min-h-11" icon={isMoving ? "pause" : "play"} onClick={() => setMoving(!isMoving)}>{t(isMoving ? "studio.preview_rest" : "studio.preview_play")}</Button>
      </figcaption>
    </figure>
  );
}

function Still({ streamId }: { streamId: number }) {
  const t = useText();
  const [version, setVersion] = useState(0);
  const [isThere, setThere] = useState(true);
  useEffect(() => {
    const timer = setInterval(() => { if (!document.hidden) setVersion(Date.now()); }, PICTURE_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <img src={`/hls/${streamId}/thumbnail.jpg?v=${version}`} alt={t("studio.preview")} className={`size-full object-contain ${isThere ? "" : "invisible"}`} onLoad={() => setThere(true)} onError={() => setThere(false)} />
      {!isThere && <p className="absolute inset-0 grid place-items-center px-4 text-center text-on-room-muted">{t("studio.preview_none")}</p>}
    </>
  );
}
