"use client";

import { useRouter } from "next/navigation";
import { useEffect, useRef, useState, type RefObject } from "react";
import { api } from "@/lib/api/browser";
import type { Suggestion } from "@/lib/api/types";
import { useLocale, useText } from "@/text/client";

// The list of a combobox (WAI-ARIA, list autocomplete with manual selection): focus stays in the field, arrows move the
// choice, Enter goes there, Escape closes and then empties.
export type SuggestionsProps = {
  id: string;
  input: RefObject<HTMLInputElement | null>;
  onChange: (state: { isOpen: boolean; option?: string }) => void;
};

const PAUSE_MS = 120;   // Between two letters of somebody who types fast.

export function Suggestions({ id, input, onChange }: SuggestionsProps) {
  const t = useText(), locale = useLocale(), router = useRouter();
  const [items, setItems] = useState<Suggestion[]>([]);
  const [isOpen, setOpen] = useState(false);
  const [chosen, setChosen] = useState(-1);
  const asked = useRef(0);

  const show = isOpen && items.length > 0;
  useEffect(() => onChange({ isOpen: show, option: show && chosen >= 0 ? `${id}-${chosen}` : undefined }), [show, chosen, id, onChange]);

  useEffect(() => {
    const field = input.current;
    if (!field) return;
    let timer = 0;
    const ask = () => {
      clearTimeout(timer);
      const q = field.value.trim(), mine = ++asked.current;
      setChosen(-1);
      if (q === "") { setItems([]); setOpen(false); return; }
      timer = window.setTimeout(async () => {
        const answer = await api("get", "/api/v1/search/suggestions", { query: { q, locale } });
        if (mine !== asked.current || !answer.ok) return;   // Somebody typed on, or there is nothing to say.
        setItems(answer.data.items);
        setOpen(true);
      }, PAUSE_MS);
    };
    const close = () => setOpen(false);
    if (document.activeElement === field && field.value !== field.defaultValue) ask();   // What was typed while this was loading.
    field.addEventListener("input", ask);
    field.addEventListener("blur", close);
    return () => { clearTimeout(timer); field.removeEventListener("input", ask); field.removeEventListener("blur", close); };
  }, [input, locale]);

  useEffect(() => {
    const field = input.current;
    if (!field) return;
    const onKey = (event: KeyboardEvent) => {
      if (event.isComposing) return;
      const target = show ? items[chosen] : undefined;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        if (items.length === 0) return;
        event.preventDefault();
        const step = event.key === "ArrowDown" ? 1 : -1;
        setChosen((now) => (isOpen ? ((now + 1 + step + items.length + 1) % (items.length + 1)) - 1 : step > 0 ? 0 : items.length - 1));
        setOpen(true);
      } else if (event.key === "Enter" && target) {
        event.preventDefault();
        setOpen(false);
        router.push(hrefOf(target));
      } else if (event.key === "Escape") {
        if (show) { event.preventDefault(); setOpen(false); setChosen(-1); } else { field.value = ""; }
      }
    };
    field.addEventListener("keydown", onKey);
    return () => field.removeEventListener("keydown", onKey);
  }, [input, items, chosen, isOpen, show, router]);

  return (
    <>
      <ul id={`${id}-list`} role="listbox" aria-label={t("search.suggestions")} className="search-list" hidden={!show}>
        {show && items.map((item, index) => (
          <li key={`${item.kind} ${item.to} ${item.text}`} id={`${id}-${index}`} role="option" aria-selected={index === chosen} className="search-option"
            onPointerDown={(event) => event.preventDefault()} onClick={() => { setOpen(false); router.push(hrefOf(item)); }}>
            <span className="truncate">{item.text}</span>
            <span className="search-kind">{item.is_live && <i className="search-live" />}{t(`search.kind_${item.kind}`)}</span>
          </li>
        ))}
      </ul>
      <p role="status" className="sr-only">{isOpen ? t("search.count", { n: items.length }) : ""}</p>
    </>
  );
}

function hrefOf({ kind, to }: Suggestion): string {
  return kind === "category" ? `/categories/${to}` : `/@${to}`;
}
