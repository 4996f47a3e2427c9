import type { Metadata } from "next";
import { api } from "@/lib/api/server";
import { can } from "@/lib/studio/permissions";
import { ENCODER_LADDER, encoderAdviceFor } from "@/lib/studio/upload";
import type { Key } from "@/text/catalogue";
import { number } from "@/text/numbers";
import { getText } from "@/text/server";
import { Badge } from "@/ui/badge";
import { Card } from "@/ui/card";
import type { Desk, SearchParams } from "./desk";
import { StudioFrame } from "./frame";
import { ObsWindow } from "./guide-picture";
import { GuideValues } from "./guide-values";
import { NetworkCheck } from "./network-check";

const DEFAULT_UPLOAD_KBPS = 4_000;   // What the settings show until it has been measured.
// What an encoder is told when it is not let in, the commonest first.
const REASONS = ["live.bad_key", "live.expired", "live.revoked", "live.already_live", "live.ended", "live.daily_limit", "flv.unsupported_codec", "media.disk_full"] as const;

export async function guideMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("studio.page_guide"), robots: { index: false } };
}

// OBS, with this channel's own values: connect, set, look, mend.
export function GuidePage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <StudioFrame words="features/studio/guide-page" page="guide" searchParams={searchParams}>
      {async (desk) => {
        const checklist = await api("get", "/api/v1/studio/checklist", { query: { channel: desk.channel } });
        return <Guide desk={desk} upload_kbps={checklist.ok ? checklist.data.upload_kbps : null} />;
      }}
    </StudioFrame>
  );
}

async function Guide({ desk, upload_kbps }: { desk: Desk; upload_kbps: number | null }) {
  const { t, locale } = await getText();
  const advice = encoderAdviceFor(upload_kbps ?? DEFAULT_UPLOAD_KBPS);
  return (
    <>
      <p className="max-w-prose text-lg">{t("guide.lead")}</p>
      <Card id="upload" title={t("guide.step_upload")}>
        {can(desk.role, "edit_channel") && <div className="pb-5"><NetworkCheck known_kbps={upload_kbps} channel={desk.channel} /></div>}
        <UploadTable chosen={upload_kbps === null ? null : advice.name} />
      </Card>
      <Card id="connect" title={t("guide.step_connect")}>
        <div className="grid gap-6 xl:grid-cols-2">
          <ol className="grid content-start list-decimal gap-2 ps-5">
            <li>{t("guide.connect_1")}</li><li>{t("guide.connect_2")}</li><li>{t("guide.connect_3")}</li>
          </ol>
          <ObsWindow menu={t("guide.obs_stream")} title={t("guide.obs_settings")} rows={[[t("guide.obs_service"), t("guide.obs_custom")], [t("guide.obs_server"), "rtmp://…/live"], [t("guide.obs_key"), "••••••••••••"]]} alt={t("guide.picture_connect")} />
        </div>
        <div className="pt-6">{can(desk.role, "manage_keys") ? <GuideValues /> : <p className="rounded-xl bg-raised px-4 py-3">{t("guide.keys_owner")}</p>}</div>
      </Card>
      <Card id="output" title={t("guide.step_output")}>
        <p className="-mt-2 pb-4 text-muted">{t(upload_kbps === null ? "guide.output_assumed" : "guide.output_measured")}</p>
        <div className="grid gap-6 xl:grid-cols-2">
          <Settings rows={[
            [t("guide.obs_encoder"), t("guide.encoder_value"), t("guide.encoder_why")],
            [t("guide.obs_rate_control"), "CBR", t("guide.cbr_why")],
            [t("guide.obs_bitrate"), `${number(locale, advice.video_kbps)} kbps`, t("guide.bitrate_why")],
            [t("guide.obs_keyframe"), "2 s", t("guide.keyframe_why")],
            [t("guide.obs_profile"), "high", ""],
            [t("guide.obs_tune"), "zerolatency", t("guide.tune_why")],
            [t("guide.obs_b_frames"), "0", t("guide.b_frames_why")],
            [t("guide.obs_resolution"), `${Math.round((advice.height * 16) / 9 / 2) * 2}×${advice.height}`, ""],
            [t("guide.obs_fps"), String(advice.frameRate), ""],
            [t("guide.obs_audio"), t("guide.audio_value"), t("guide.audio_why")],
          ]} />
          <ObsWindow menu={t("guide.obs_output")} title={t("guide.obs_settings")} alt={t("guide.picture_output")}
            rows={[[t("guide.obs_rate_control"), "CBR"], [t("guide.obs_bitrate"), `${number(locale, advice.video_kbps)} kbps`], [t("guide.obs_keyframe"), "2 s"], [t("guide.obs_profile"), "high"], [t("guide.obs_tune"), "zerolatency"]]} />
        </div>
      </Card>
      <Card id="go" title={t("guide.step_go")}><p>{t("guide.go_text")}</p></Card>
      <Card id="trouble" title={t("guide.step_trouble")}>
        <p className="-mt-2 pb-4 text-muted">{t("guide.trouble_text")}</p>
        <dl>
          {REASONS.map((reason) => (
            <div key={reason} className="grid gap-1 border-t border-line py-3 first:border-0 sm:grid-cols-[14rem_minmax(0,1fr)] sm:gap-4">
              <dt><code className="text-sm">{reason}</code></dt><dd>{t(`error.${reason}` as Key)}</dd>
            </div>
          ))}
        </dl>
      </Card>
    </>
  );
}

async function UploadTable({ chosen }: { chosen: string | null }) {
  const { t, locale } = await getText();
  const mbit = (kbps: number) => (kbps / 1000).toLocaleString(locale, { maximumFractionDigits: 1 });
  const rows = ENCODER_LADDER.toReversed();
  return (
    <div className="relative -mx-2 overflow-x-auto px-2" tabIndex={0} role="group" aria-labelledby="upload-title">
      <table className="w-full min-w-80 text-[0.9375rem] tabular-nums">
        <thead>
          <tr className="border-b-2 border-line text-start text-sm text-muted">
            {(["upload", "picture", "bitrate"] as const).map((column) => <th key={column} scope="col" className="py-2 pe-4 text-start font-semibold">{t(`guide.col_${column}`)}</th>)}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => {
            const upper = rows[at + 1]?.upload_kbps_min;
            const range = upper === undefined ? t("guide.from", { min: mbit(row.upload_kbps_min) }) : row.upload_kbps_min === 0 ? t("guide.up_to", { max: mbit(upper) }) : t("guide.between", { min: mbit(row.upload_kbps_min), max: mbit(upper) });
            return (
              <tr key={row.name} className={`border-b border-line last:border-0 ${row.name === chosen ? "bg-tint font-semibold" : ""}`}>
                <th scope="row" className="py-2.5 ps-2 pe-4 text-start font-[inherit]">{range} {row.name === chosen && <Badge tone="good" icon="check">{t("guide.yours")}</Badge>}</th>
                <td className="py-2.5 pe-4">{`${row.height}p${row.frameRate}`}</td>
                <td className="py-2.5 pe-4">{`${[...new Set([row.video_kbps_min, row.video_kbps_max])].map((kbps) => number(locale, kbps)).join("–")} kbps`}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Settings({ rows }: { rows: readonly (readonly [string, string, string])[] }) {
  return (
    <dl>
      {rows.map(([name, value, why]) => (
        <div key={name} className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 border-t border-line py-2.5 first:border-0">
          <dt className="text-muted">{name}</dt><dd className="max-w-44 text-end font-semibold">{value}</dd>
          {why && <dd className="col-span-2 text-sm text-muted">{why}</dd>}
        </div>
      ))}
    </dl>
  );
}
