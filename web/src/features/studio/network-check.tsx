"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "@/lib/api/browser";
import { encoderAdviceFor } from "@/lib/studio/upload";
import { number } from "@/text/numbers";
import { useLocale, useText } from "@/text/client";
import { Button } from "@/ui/button";
import { useUploadCheck } from "./use-upload-check";

// How much this place can send, kept with the channel so that the guide and every device know it.
export function NetworkCheck({ known_kbps, channel }: { known_kbps: number | null; channel: string | undefined }) {
  const t = useText(), locale = useLocale(), router = useRouter();
  const { isMeasuring, measure } = useUploadCheck();
  const [upload_kbps, setUpload] = useState(known_kbps);
  const [hasFailed, setFailed] = useState(false);
  const check = async () => {
    const upload_bps = await measure();
    setFailed(upload_bps === null);
    if (upload_bps === null) return;
    const kbps = Math.max(1, Math.round(upload_bps / 1000));
    setUpload(kbps);
    await api("patch", "/api/v1/studio/checklist", { query: { channel }, body: { upload_kbps: kbps } });   // Not kept, the advice here still holds.
    router.refresh();
  };
  const advice = upload_kbps === null ? null : encoderAdviceFor(upload_kbps);
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <p role="status" className="min-w-48 flex-1">
        {isMeasuring ? t("golive.upload_measuring") : hasFailed ? t("studio.upload_failed")
          : advice && upload_kbps !== null ? t("studio.upload_advice", { speed: (upload_kbps / 1000).toLocaleString(locale, { maximumFractionDigits: 1 }), size: `${advice.height}p${advice.frameRate}`, rate: number(locale, advice.video_kbps) })
            : t("studio.upload_not_yet")}
      </p>
      <Button size="small" className="min-h-11" isPending={isMeasuring} onClick={() => void check()}>{t(advice ? "golive.upload_again" : "studio.upload_measure")}</Button>
    </div>
  );
}
