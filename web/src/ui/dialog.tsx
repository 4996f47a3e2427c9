"use client";

import { useEffect, useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { useText } from "@/text/client";
import { IconButton } from "./button";

// A modal window, open as long as it is rendered. The platform's <dialog>: it holds the focus, makes the page behind
// inert and gives the focus back. `mayClose` is asked before Escape, the cross and a press outside are obeyed.
type Props = {
  title: ReactNode;
  onClose: () => void;
  mayClose?: () => boolean;
  size?: "small" | "normal" | "wide";
  footer?: ReactNode;
  children: ReactNode;
};

const WIDTHS = { small: "max-w-md", normal: "max-w-2xl", wide: "max-w-5xl" } as const;

export function Dialog({ title, onClose, mayClose = () => true, size = "normal", footer, children }: Props) {
  const t = useText(), id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const isPressOutside = useRef(false);
  useEffect(() => { dialog.current?.showModal(); }, []);
  useLayoutEffect(() => () => dialog.current?.close(), []);   // Before it leaves the page: only close() gives the focus back.

  const close = () => { if (mayClose()) dialog.current?.close(); };
  const isOutside = (target: EventTarget) => target === dialog.current;   // Its children cover it: what is left is the backdrop.
  return (
    <dialog ref={dialog} className={`dialog ${WIDTHS[size]}`} aria-labelledby={id}
      onClose={() => { if (!dialog.current?.open) onClose(); }} onCancel={(event) => { event.preventDefault(); close(); }}
      onPointerDown={(event) => { isPressOutside.current = isOutside(event.target); }}
      onClick={(event) => { if (isPressOutside.current && isOutside(event.target)) close(); }}>
      <div className="dialog-head">
        <h2 id={id} className="line-clamp-2 min-w-0 text-xl wrap-anywhere">{title}</h2>
        <IconButton icon="close" label={t("site.close")} className="-me-2" onClick={close} />
      </div>
      <div className="px-5 pt-4 pb-6 sm:px-6">{children}</div>
      {footer && <div className="dialog-foot">{footer}</div>}
    </dialog>
  );
}
