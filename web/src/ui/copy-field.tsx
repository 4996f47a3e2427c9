"use client";

import { useEffect, useId, useState } from "react";
import { useText } from "@/text/client";
import { Icon } from "./icon";

const SAID_MS = 2_500;

type Props = { label: string; value: string; copyLabel: string; isSecret?: boolean };

// A value to take elsewhere. A secret stays dotted until asked for; copying works either way.
export function CopyField({ label, value, copyLabel, isSecret = false }: Props) {
  const t = useText(), id = useId();
  const [isShown, setShown] = useState(!isSecret);
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SAID_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      setShown(true);   // No clipboard here: at least let it be selected.
    }
  };
  return (
    <div>
      <p id={id} className="pb-1.5 font-semibold">{label}</p>
      <div className="flex items-stretch gap-2">
        <code tabIndex={0} role="textbox" aria-readonly aria-labelledby={id} className="field-input flex min-w-0 flex-1 items-center overflow-x-auto text-sm whitespace-nowrap select-all" data-secret={isSecret}>
          {isShown ? value : "•".repeat(24)}
        </code>
        {isSecret && (
          <button type="button" className="button button-quiet px-3" aria-pressed={isShown} aria-label={t(isShown ? "golive.conceal" : "golive.reveal")} title={t(isShown ? "golive.conceal" : "golive.reveal")} onClick={() => setShown(!isShown)}>
            <Icon name="eye" />
          </button>
        )}
        <button type="button" className="button button-primary px-3.5" aria-label={copyLabel} onClick={copy}>
          <Icon name={isCopied ? "check" : "copy"} /><span className="max-sm:sr-only">{t(isCopied ? "golive.copied" : "golive.copy")}</span>
        </button>
      </div>
      <span role="status" className="sr-only">{isCopied ? t("golive.copied") : ""}</span>
    </div>
  );
}
