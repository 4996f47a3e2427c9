"use client";

import { useState, type ReactNode } from "react";
import type { Messages } from "@/text/catalogue";
import { useLocale } from "@/text/client";
import { useHydrated } from "@/ui/use-hydrated";

type Loaded = { GoLiveModal: typeof import("./go-live-modal").GoLiveModal; messages: Messages };

// The dialog and its words arrive on the first press, so that other visitors never pay for them.
export function GoLiveButton({ className, children }: { className?: string; children: ReactNode }) {
  const locale = useLocale(), isHydrated = useHydrated();
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  const [isOpen, setOpen] = useState(false);

  const open = async () => {
    setOpen(true);
    if (loaded) return;
    const [{ GoLiveModal }, { loadSubjects }] = await Promise.all([import("./go-live-modal"), import("@/text/catalogue")]);
    const messages = await loadSubjects(locale, ["golive", "live", "language", "error", "form", "site", "studio"]);
    setLoaded({ GoLiveModal, messages });
  };
  return (
    <>
      <button type="button" className={`${className} disabled:opacity-100`} disabled={!isHydrated} onClick={open} aria-haspopup="dialog">{children}</button>
      {isOpen && loaded && <loaded.GoLiveModal messages={loaded.messages} onClose={() => setOpen(false)} />}
    </>
  );
}
