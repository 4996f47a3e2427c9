"use client";

import { api } from "@/lib/api/browser";
import { useText } from "@/text/client";
import { KeyActions } from "./key-actions";

export function ChannelKey() {
  const t = useText();
  return (
    <section className="panel" aria-labelledby="channel-key">
      <h2 id="channel-key" className="text-xl">{t("studio.channel_key")}</h2>
      <p className="pt-1 pb-4 text-muted">{t("studio.channel_key_hint")}</p>
      <KeyActions show={() => api("get", "/api/v1/channel/key")} rotate={() => api("post", "/api/v1/channel/key")} revoke={() => api("delete", "/api/v1/channel/key")} />
    </section>
  );
}
