"use client";

import { Toast } from "@base-ui/react/toast";
import { useEffect, useState } from "react";
import { useText } from "@/text/client";
import { Icon } from "../icon";
import { receiveToasts } from "../toast";

const TOASTS_SHOWN_MAX = 3;   // The oldest leaves first; a phone has no room for more.
const SHOWN_MS = 6_000;       // Stops while a pointer or the focus is on it, or the window is elsewhere.

// The region is polite: it waits until the reader has finished its sentence. F6 moves the focus into it.
export default function ToastList() {
  const t = useText();
  return (
    <Toast.Provider limit={TOASTS_SHOWN_MAX} timeout={SHOWN_MS}>
      <Toast.Portal>
        <Toast.Viewport className="toasts" aria-label={t("site.notices")}><Rows /></Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

function Rows() {
  const t = useText();
  const { toasts, add } = Toast.useToastManager();
  const [isStanding, setStanding] = useState(false);
  useEffect(() => setStanding(true), []);   // First the region, then what it says: else nobody reads it out.
  useEffect(() => {
    if (!isStanding) return;
    return receiveToasts(({ text, tone, action }) => {
      add({ title: text, type: tone, actionProps: action && { children: action.label, onClick: action.onPress } });
    });
  }, [isStanding, add]);
  return toasts.map((toast) => (
    <Toast.Root key={toast.id} toast={toast} swipeDirection={["right", "down"]} className="toast">
      <Toast.Content className="flex items-center gap-2">
        {toast.type === "good" && <Icon name="check" className="size-5 flex-none text-good" />}
        {toast.type === "bad" && <Icon name="warning" className="size-5 flex-none text-bad" />}
        <Toast.Title className="min-w-0 flex-1 font-sans text-base leading-snug font-semibold tracking-normal wrap-anywhere" render={<p />} />
        {toast.actionProps && <Toast.Action className="button button-plain button-small min-h-11" />}
        <Toast.Close aria-hidden={false} className="icon-button -me-2 flex-none" aria-label={t("site.close")}><Icon name="close" /></Toast.Close>
      </Toast.Content>
    </Toast.Root>
  ));
}
