"use client";

import { lazy, Suspense, useSyncExternalStore } from "react";

// One sentence about what just happened, in a corner, for a while. Anything that must be read goes on the page instead.
//   showToast({ text: t("studio.saved"), tone: "good" })
export type Toast = { text: string; tone?: "plain" | "good" | "bad"; action?: { label: string; onPress: () => void } };

const TOASTS_WAITING_MAX = 3;   // Said before the list has come; older ones are dropped, they are stale by then.
let waiting: Toast[] = [];
let take: ((toast: Toast) => void) | null = null;
let isWanted = false;
const listeners = new Set<() => void>();

export function showToast(toast: Toast): void {
  if (take) return take(toast);
  waiting = [...waiting, toast].slice(-TOASTS_WAITING_MAX);
  isWanted = true;
  for (const listener of listeners) listener();
}

// The list, once it stands: whoever shows a toast from now on speaks to it, and what waited is handed over.
export function receiveToasts(receiver: (toast: Toast) => void): () => void {
  take = receiver;
  for (const toast of waiting) receiver(toast);
  waiting = [];
  return () => { take = null; };
}

const ToastList = lazy(() => import("./internal/toast-list"));

// Once a page, in the layout. Costs nothing until the first toast.
export function Toaster() {
  const isNeeded = useSyncExternalStore(subscribe, () => isWanted, () => false);
  return isNeeded ? <Suspense><ToastList /></Suspense> : null;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
