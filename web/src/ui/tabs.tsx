"use client";

import { useId, useRef, useState, type KeyboardEvent, type ReactNode } from "react";

// Panels that share a place. One tab stop; arrows, Home and End move and choose (WAI-ARIA APG, tabs). Panels stay in the
// page while hidden, so that a half-written form survives. Written by hand: it is smaller than importing it.
export type Tab = { id: string; label: ReactNode; panel: ReactNode };
type Props = { label: string; tabs: readonly Tab[]; chosen?: string; onChoose?: (id: string) => void };

const STEPS: Record<string, (at: number, count: number) => number> = {
  ArrowRight: (at, count) => (at + 1) % count,
  ArrowLeft: (at, count) => (at - 1 + count) % count,
  Home: () => 0,
  End: (_, count) => count - 1,
};

export function Tabs({ label, tabs, chosen, onChoose }: Props) {
  const id = useId(), list = useRef<HTMLDivElement>(null);
  const [own, setOwn] = useState(tabs[0]?.id);
  const current = chosen ?? own;
  const choose = (next: string) => { setOwn(next); onChoose?.(next); };

  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const at = step(tabs.findIndex((tab) => tab.id === current), tabs.length), next = tabs[at];
    if (!next) return;
    choose(next.id);
    list.current?.querySelectorAll<HTMLElement>("[role=tab]")[at]?.focus();
  };
  return (
    <>
      <div ref={list} role="tablist" aria-label={label} className="tabs" onKeyDown={onKeyDown}>
        {tabs.map((tab) => (
          <button key={tab.id} type="button" role="tab" id={`${id}-${tab.id}`} aria-controls={`${id}-${tab.id}-panel`} className="tab"
            aria-selected={tab.id === current} tabIndex={tab.id === current ? 0 : -1} onClick={() => choose(tab.id)}>{tab.label}</button>
        ))}
      </div>
      {tabs.map((tab) => (
        <div key={tab.id} role="tabpanel" id={`${id}-${tab.id}-panel`} aria-labelledby={`${id}-${tab.id}`} tabIndex={0} hidden={tab.id !== current} className="pt-5">{tab.panel}</div>
      ))}
    </>
  );
}
