"use client";

import { useEffect, useRef } from "react";
import type { Stream } from "@/lib/api/types";
import { useText } from "@/text/client";

// The moving preview: plain HLS at its smallest size, a short buffer, and no sound to feed back into the microphone.
export default function PreviewVideo({ stream }: { stream: Stream }) {
  const t = useText();
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    const element = video.current;
    if (!element) return;
    let isGone = false, end = () => {};
    const start = async () => {
      const { default: Hls } = await import("hls.js/light");
      if (isGone) return;
      if (!Hls.isSupported()) { element.src = stream.hls_url; return; }   // An iPhone plays it by itself.
      const hls = new Hls({ startLevel: 0, capLevelToPlayerSize: true, maxBufferLength: 10, backBufferLength: 0 });
      hls.autoLevelCapping = 0;
      end = () => hls.destroy();
      hls.loadSource(stream.hls_url);
      hls.attachMedia(element);
    };
    void start();
    return () => { isGone = true; end(); element.removeAttribute("src"); };
  }, [stream.hls_url]);
  return <video ref={video} autoPlay muted playsInline aria-label={t("studio.preview")} className="size-full object-contain" />;
}
