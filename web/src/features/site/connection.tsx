"use client";

import { useSyncExternalStore } from "react";
import { useText } from "@/text/client";
import { Icon } from "@/ui/icon";

// The browser lost its network: what is on the page stays, and this says why nothing new comes.
export function Connection() {
  const t = useText();
  const isOnline = useSyncExternalStore(subscribe, () => navigator.onLine, () => true);
  return (
    <p role="status" className={isOnline ? "sr-only" : "connection"}>
      {!isOnline && <><Icon name="warning" className="size-5 flex-none" />{t("site.offline")}</>}
    </p>
  );
}

function subscribe(changed: () => void): () => void {
  addEventListener("online", changed);
  addEventListener("offline", changed);
  return () => { removeEventListener("online", changed); removeEventListener("offline", changed); };
}
