"use client";

import { lazy, Suspense, useState } from "react";
import { useText } from "@/text/client";
import { Icon } from "@/ui/icon";

const load = () => import("./share-sheet");
const ShareSheet = lazy(load);

type Props = { title: string; username: string; isEmbeddable: boolean };

// The sheet with its QR code comes when somebody is about to ask for it.
export function ShareButton({ title, username, isEmbeddable }: Props) {
  const t = useText();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="button button-quiet" aria-haspopup="dialog" onPointerEnter={() => void load()} onClick={() => setOpen(true)}>
        <Icon name="share" /><span className="max-xs:sr-only">{t("social.share")}</span>
      </button>
      {isOpen && <Suspense><ShareSheet title={title} username={username} isEmbeddable={isEmbeddable} onClose={() => setOpen(false)} /></Suspense>}
    </>
  );
}
