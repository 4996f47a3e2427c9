"use client";

import { useState } from "react";
import { useText } from "@/text/client";
import { Icon } from "@/ui/icon";

const SAID_MS = 2_500;

// The phone's own sheet where there is one, otherwise the link on the clipboard.
export function ShareButton({ title }: { title: string }) {
  const t = useText();
  const [isCopied, setCopied] = useState(false);
  const share = async () => {
    const url = location.origin + location.pathname;
    try {
      if (navigator.share && matchMedia("(pointer: coarse)").matches) return await navigator.share({ title, url });
      await navigator.clipboard.writeText(url);
      setCopied(true);
      setTimeout(() => setCopied(false), SAID_MS);
    } catch { /* The viewer changed their mind, or the browser said no. */ }
  };
  return (
    <>
      <button type="button" className="button button-quiet" onClick={share}>
        <Icon name={isCopied ? "check" : "share"} /><span className={isCopied ? "max-sm:sr-only" : "max-xs:sr-only"}>{t(isCopied ? "social.copied" : "social.share")}</span>
      </button>
      <span role="status" className="sr-only">{isCopied ? t("social.copied") : ""}</span>
    </>
  );
}
