"use client";

import { lazy, Suspense, useState } from "react";
import type { PublishSettings } from "@/lib/api/types";
import { dateTimeIn } from "@/lib/time";
import { useLocale, useText } from "@/text/client";
import { CopyField } from "@/ui/copy-field";
import { Icon } from "@/ui/icon";

const QrCode = lazy(() => import("@/ui/qr-code"));

// What an encoder needs to know: where, with which key, and how in OBS.
export function PublishSettingsPanel({ publish }: { publish: PublishSettings }) {
  const t = useText(), locale = useLocale();
  const [isQrShown, setQrShown] = useState(false);
  return (
    <div className="grid gap-4">
      <CopyField label={t("golive.server")} value={publish.rtmp_url} copyLabel={t("golive.copy_server")} />
      {publish.rtmps_url && <CopyField label={t("golive.server_secure")} value={publish.rtmps_url} copyLabel={t("golive.copy_server")} />}
      <CopyField label={t("live.key")} value={publish.obs_key} copyLabel={t("golive.copy_key")} isSecret />
      <p className="flex items-start gap-2 text-sm text-muted">
        <Icon name="warning" className="mt-0.5 size-4.5 flex-none" /><span>{t("golive.key_warning")} {t("golive.key_expires", { date: dateTimeIn(locale, publish.expires_at) })}.</span>
      </p>
      <details className="group rounded-xl border border-line" open>
        <summary className="flex min-h-11 items-center px-4 font-semibold">{t("golive.obs")}</summary>
        <ol className="list-decimal space-y-1.5 ps-9 pe-4 pb-4 text-[0.9375rem]">
          <li>{t("golive.obs_1")}</li>
          <li>{t("golive.obs_2")}</li>
          <li>{t("golive.obs_3")}</li>
          <li>{t("golive.obs_4")}</li>
        </ol>
        <div className="border-t border-line p-4">
          <a className="button button-quiet button-small" href="/api/v1/channel/obs/service.json" download="service.json"><Icon name="download" />{t("golive.obs_file")}</a>
          <p className="pt-2 text-sm text-muted">{t("golive.obs_file_hint")}</p>
        </div>
      </details>
      {isQrShown
        ? <Suspense fallback={<p>{t("site.loading")}</p>}><QrCode text={`${publish.rtmp_url}/${publish.obs_key}`} label={t("golive.qr")} /></Suspense>
        : <button type="button" className="button button-quiet button-small justify-self-start" onClick={() => setQrShown(true)}>{t("golive.qr_show")}</button>}
    </div>
  );
}
