"use client";

import { api } from "@/lib/api/browser";
import { KeyActions } from "./key-actions";

export function ChannelKey() {
  return <KeyActions show={() => api("get", "/api/v1/channel/key")} rotate={() => api("post", "/api/v1/channel/key")} revoke={() => api("delete", "/api/v1/channel/key")} />;
}

export function StreamKey({ streamId }: { streamId: number }) {
  const path = { stream_id: streamId };
  return (
    <KeyActions show={() => api("get", "/api/v1/streams/{stream_id}/key", { path })}
      rotate={() => api("post", "/api/v1/streams/{stream_id}/key", { path })}
      revoke={() => api("delete", "/api/v1/streams/{stream_id}/key", { path })} />
  );
}
