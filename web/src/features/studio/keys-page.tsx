import type { Metadata } from "next";
import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { getText } from "@/text/server";
import { Card } from "@/ui/card";
import { ChannelKey, StreamKey } from "./keys";
import type { SearchParams } from "./desk";
import { StudioFrame } from "./frame";

export async function keysMetadata(): Promise<Metadata> {
  return { title: (await getText()).t("studio.page_keys"), robots: { index: false } };
}

// The key that stays and, while there are such streams, the keys of those that have not ended.
export function KeysPage({ searchParams }: { searchParams: SearchParams }) {
  return (
    <StudioFrame words="features/studio/keys-page" page="keys" searchParams={searchParams}>
      {async () => {
        const { t } = await getText();
        const mine = await api("get", "/api/v1/streams/mine");
        if (!mine.ok) return <Resting error={refusalOf(mine)} />;
        const open = mine.data.items.filter(({ state }) => state !== "ended");
        return (
          <>
            <Card id="channel-key" title={t("studio.channel_key")}>
              <p className="-mt-2 pb-4 text-muted">{t("studio.channel_key_hint")}</p>
              <ChannelKey />
            </Card>
            <Card id="stream-keys" title={t("studio.stream_keys")}>
              <p className="-mt-2 pb-4 text-muted">{t(open.length > 0 ? "studio.stream_keys_hint" : "studio.stream_keys_none")}</p>
              <ul className="grid gap-6">
                {open.map((stream) => (
                  <li key={stream.id} className="grid gap-3 border-t border-line pt-4">
                    <h3 className="text-lg wrap-anywhere">{stream.title} <span className="text-sm font-normal text-muted">{t(`studio.state_${stream.state}`)}</span></h3>
                    <StreamKey streamId={stream.id} />
                  </li>
                ))}
              </ul>
            </Card>
            <p className="text-sm text-muted">{t("studio.keys_note")}</p>
          </>
        );
      }}
    </StudioFrame>
  );
}
