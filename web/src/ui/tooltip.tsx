"use client";

import { lazy, Suspense, useEffect, useRef, useState, type ReactNode } from "react";

// What a control is called, for who sees only its picture: it repeats the control's own name, so a screen reader is not
// told twice. Opens on a resting pointer and on keyboard focus; a finger gets nothing, so nothing may hide in here.
const REST_MS = 450;
const LEAVE_MS = 120;   // Long enough to reach the tip itself (WCAG 1.4.13).

const load = () => import("./internal/tip");
const Tip = lazy(load);

export function Tooltip({ text, children }: { text: string; children: ReactNode }) {
  const place = useRef<HTMLSpanElement>(null), timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [isOpen, setOpen] = useState(false);
  const after = (wait_ms: number, isNext: boolean) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => setOpen(isNext), wait_ms);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => {
    if (!isOpen) return;
    const onKey = (event: KeyboardEvent) => { if (event.key === "Escape") setOpen(false); };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, [isOpen]);
  return (
    <span ref={place} className="contents"
      onPointerOver={(event) => { if (event.pointerType === "mouse") { void load(); after(REST_MS, true); } }}
      onPointerOut={() => after(LEAVE_MS, false)} onPointerDown={() => after(0, false)}
      onFocus={(event) => { if (event.target.matches(":focus-visible")) after(0, true); }} onBlur={() => after(0, false)}>
      {children}
      {isOpen && <Suspense><Tip text={text} anchor={place.current?.firstElementChild ?? null} onStay={() => after(0, true)} /></Suspense>}
    </span>
  );
}
