"use client";

import { useEffect, useRef, useState, type ComponentType } from "react";
import { hasSingleKeys } from "@/lib/player/single-keys";
import { useText } from "@/text/client";
import { Icon } from "@/ui/icon";
import type { SuggestionsProps } from "./suggestions";

// Where one searches. A form like any other before its script; the suggestions come with the first letter's focus.
// A page with two of them says which is which: landmarks of one kind need names of their own.
type Props = { id: string; name?: string; query?: string; hasFocus?: boolean; isShortcut?: boolean; className?: string };

export function SearchBox({ id, name, query = "", hasFocus = false, isShortcut = false, className = "" }: Props) {
  const t = useText(), input = useRef<HTMLInputElement>(null);
  const [Suggestions, setSuggestions] = useState<ComponentType<SuggestionsProps> | null>(null);
  const [active, setActive] = useState<{ isOpen: boolean; option?: string }>({ isOpen: false });
  const wake = () => { if (!Suggestions) void import("./suggestions").then((module) => setSuggestions(() => module.Suggestions)); };

  // A field that has the focus from the start is never focused again.
  useEffect(() => { if (hasFocus && document.activeElement === input.current) wake(); }, []);

  useEffect(() => {
    if (!isShortcut) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || !hasSingleKeys()) return;
      if ((event.target as Element).closest?.("input, textarea, select, [contenteditable], [role^=menuitem], dialog")) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [isShortcut]);

  const combobox = Suggestions && {
    role: "combobox", "aria-autocomplete": "list" as const, "aria-expanded": active.isOpen, "aria-controls": `${id}-list`, "aria-activedescendant": active.option,
  };
  return (
    <form action="/search" role="search" aria-label={name} className={`search-box ${className}`} onFocus={wake}>
      <input ref={input} id={id} name="q" type="search" defaultValue={query} maxLength={100} required autoComplete="off" enterKeyHint="search"
        aria-label={t("search.label")} placeholder={t("search.placeholder")} autoFocus={hasFocus} aria-keyshortcuts={isShortcut ? "/" : undefined} className="search-input" {...combobox} />
      <button type="submit" className="search-submit" aria-label={t("search.submit")}><Icon name="search" /></button>
      {Suggestions && <Suggestions id={id} input={input} onChange={setActive} />}
    </form>
  );
}
