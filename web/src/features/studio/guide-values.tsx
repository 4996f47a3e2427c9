"use client";

import { lazy, Suspense, useState } from "react";
import { api } from "@/lib/api/browser";
import type { PublishSettings } from "@/lib/api/types";
import { dateTimeIn } from "@/lib/time";
import { useLocale, useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { Button } from "@/ui/button";
import { CopyField } from "@/ui/copy-field";
import { Icon } from "@/ui/icon";

const QrCode = lazy(() => import("@/ui/qr-code"));

// The channel's own values, asked for when somebody wants them: a key is made on its first showing.
export function GuideValues() {
  const t = useText(), say = useErrorWords();
  const [publish, setPublish] = useState<PublishSettings | null>(null);
  const [problem, setProblem] = useState("");
  const [isPending, setPending] = useState(false);
  const show = async () => {
    setPending(true);
    const answer = await api("get", "/api/v1/channel/key");
    setPending(false);
    setProblem(answer.ok ? "" : await say(answer.error));
    if (answer.ok) setPublish(answer.data);
  };
  if (publish) return <Values publish={publish} />;
  return (
    <div className="grid justify-items-start gap-3">
      <Button variant="primary" icon="key" isPending={isPending} onClick={() => void show()}>{t("guide.show_values")}</Button>
      <p role="alert" className={problem ? "font-semibold text-bad" : "sr-only"}>{problem}</p>
    </div>
  );
}

function Values({ publish }: { publish: PublishSettings }) {
  const t = useText(), locale = useLocale();
  const [isQrShown, setQrShown] = useState(false);
  return (
    <div className="grid gap-5">
      <CopyField label={t("golive.server")} value={publish.rtmp_url} copyLabel={t("golive.copy_server")} />
      {publish.rtmps_url && <CopyField label={t("golive.server_secure")} value={publish.rtmps_url} copyLabel={t("golive.copy_server")} />}
      <CopyField label={t("guide.key_label")} value={publish.obs_key} copyLabel={t("golive.copy_key")} isSecret />
      <p className="flex items-start gap-2 text-sm text-muted">
        <Icon name="warning" className="mt-0.5 size-4.5 flex-none" /><span>{t("golive.key_warning")} {t("golive.key_expires", { date: dateTimeIn(locale, publish.expires_at) })}.</span>
      </p>
      <div className="flex flex-wrap gap-2">
        <a className="button button-quiet button-small min-h-11" href="/api/v1/channel/obs/service.json" download="service.json"><Icon name="download" />{t("golive.obs_file")}</a>
        {!isQrShown && <Button size="small" className="min-h-11" onClick={() => setQrShown(true)}>{t("golive.qr_show")}</Button>}
      </div>
      <p className="text-sm text-muted">{t("golive.obs_file_hint")}</p>
      {isQrShown && <Suspense fallback={<p>{t("site.loading")}</p>}><QrCode text={`${publish.rtmp_url}/${publish.obs_key}`} label={t("golive.qr")} /></Suspense>}
      {publish.whip_url && (
        <details className="rounded-xl border border-line">
          <summary className="flex min-h-11 items-center px-4 font-semibold">{t("guide.whip")}</summary>
          <div className="grid gap-4 border-t border-line p-4">
            <p className="text-[0.9375rem]">{t("guide.whip_text")}</p>
            <CopyField label={t("guide.whip_server")} value={publish.whip_url} copyLabel={t("golive.copy_server")} isSecret />
            <CopyField label={t("guide.whip_token")} value={publish.token} copyLabel={t("golive.copy_key")} isSecret />
          </div>
        </details>
      )}
    </div>
  );
}
