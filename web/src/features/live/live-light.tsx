"use client";

import type { StreamState } from "@/lib/api/types";
import { useText } from "@/text/client";

// The lamp over the studio door: grey while waiting, green when the picture arrives.
export function LiveLight({ state }: { state: StreamState }) {
  const t = useText();
  return (
    <p role="status" className="live-light" data-state={state}>
      <span className="live-light-lamp" aria-hidden="true" />
      <span><b className="block">{t(`golive.state_${state}`)}</b>
        {state === "waiting" && <span className="block text-sm text-muted">{t("golive.state_hint")}</span>}</span>
    </p>
  );
}
