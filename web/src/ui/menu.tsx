"use client";

import { lazy, Suspense, useRef, useState, type ReactNode } from "react";
import type { IconName } from "./icon";

// Actions behind a button, by pointer, arrows and typing. For links to pages a popover with a list serves better: see
// the header. The library behind it comes with the first approach, never with the page.
export type MenuItem =
  | { label: string; icon?: IconName; isDanger?: boolean; isDisabled?: boolean; onPress: () => void }
  | { label: string; icon?: IconName; href: string }
  | { label: string; isChecked: boolean; onPress: () => void }
  | { label: string; choices: readonly { value: string; label: string }[]; chosen: string; onChoose: (value: string) => void }
  | "line";

type Props = { label?: string; button: ReactNode; items: readonly MenuItem[]; className?: string; align?: "start" | "end" };

const load = () => import("./internal/menu-list");
const MenuList = lazy(load);

export function Menu({ label, button, items, className = "button button-quiet", align = "end" }: Props) {
  const trigger = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [isWanted, setWanted] = useState(false);   // Stays: the list closes with a movement, and opens at once again.
  const prepare = () => { void load(); };
  const toggle = () => { setWanted(true); setOpen(!isOpen); };
  return (
    <>
      <button ref={trigger} type="button" className={className} aria-label={label} aria-haspopup="menu" aria-expanded={isOpen}
        onPointerEnter={prepare} onFocus={prepare} onClick={toggle}
        onKeyDown={(event) => { if (event.key === "ArrowDown" && !isOpen) { event.preventDefault(); toggle(); } }}>
        {button}
      </button>
      {isWanted && <Suspense><MenuList trigger={trigger} items={items} isOpen={isOpen} onOpen={setOpen} align={align} /></Suspense>}
    </>
  );
}
