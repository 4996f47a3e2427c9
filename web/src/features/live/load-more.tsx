"use client";

import { useCallback, useEffect, useRef, useState } from "react";
import type { StreamQuery } from "@/features/discovery/filters";
import { api } from "@/lib/api/browser";
import { useLocale, useText } from "@/text/client";
import { keptList, keepList } from "./kept-list";
import { StreamCard, type CardStream } from "./stream-card";

type Props = {
  cursor: string;
  href: string;                      // The next page without script.
  query: StreamQuery;
  categoryNames: Record<string, string>;
  knownIds: number[];                // On the page already: counts move, so a stream may come again on the next page.
};

const AUTOMATIC_PAGES_MAX = 4;       // Then a press asks for more: the foot of the page stays within reach.
const STREAMS_MAX = 300;             // Then the link leads to a page of its own: a phone's memory is finite.
const NEAR = "600px";

export function LoadMore({ cursor, href, query, categoryNames, knownIds }: Props) {
  const t = useText(), locale = useLocale();
  const [streams, setStreams] = useState<CardStream[]>([]);
  const [next, setNext] = useState<string | null>(cursor);
  const [pages, setPages] = useState(0);
  const [state, setState] = useState<"idle" | "pending" | "failed">("idle");
  const [said, setSaid] = useState("");
  const link = useRef<HTMLAnchorElement>(null), busy = useRef(false);

  // Back from a stream: the list is as long as it was, and the reader where they were.
  useEffect(() => {
    const kept = keptList();
    if (!kept) return;
    setStreams(kept.streams);
    setNext(kept.next);
    setPages(AUTOMATIC_PAGES_MAX);
    requestAnimationFrame(() => scrollTo({ top: kept.top, behavior: "instant" }));
  }, []);
  useEffect(() => { if (streams.length > 0) return keepList({ streams, next }); }, [streams, next]);

  const load = useCallback(async () => {
    if (busy.current || !next) return;
    busy.current = true;
    setState("pending");
    const page = await api("get", "/api/v1/streams", { query: { ...query, cursor: next } });
    busy.current = false;
    if (!page.ok) { setState("failed"); setPages(AUTOMATIC_PAGES_MAX); return; }
    const shown = new Set([...knownIds, ...streams.map(({ id }) => id)]);
    const added = page.data.items.filter(({ id }) => !shown.has(id));
    setStreams([...streams, ...added]);
    setNext(page.data.next_cursor);
    setPages((count) => count + 1);
    setState("idle");
    setSaid(t("list.added", { n: added.length }));
  }, [next, query, knownIds, streams, t]);

  const isFull = streams.length >= STREAMS_MAX, isAutomatic = pages < AUTOMATIC_PAGES_MAX;
  useEffect(() => {
    if (!isAutomatic || !link.current) return;
    const seen = new IntersectionObserver(([entry]) => { if (entry?.isIntersecting) void load(); }, { rootMargin: NEAR });
    seen.observe(link.current);
    return () => seen.disconnect();
  }, [isAutomatic, load]);

  const onPress = (event: React.MouseEvent) => {
    if (isFull || event.metaKey || event.ctrlKey) return;
    event.preventDefault();
    void load();
  };
  return (
    <>
      {streams.map((stream) => (
        <li key={stream.id}>
          <StreamCard stream={stream} categoryName={categoryNames[stream.category] ?? stream.category} locale={locale} t={t} />
        </li>
      ))}
      <li className="col-span-full grid justify-items-center gap-2 pt-4">
        {next && (
          <a ref={link} href={isFull ? `${href.split("?")[0]}?${pageQuery(href, next)}` : href} className="button button-quiet" aria-busy={state === "pending"} onClick={onPress}>
            {state === "pending" ? t("list.loading") : t("list.more")}
          </a>
        )}
        <p role="status" className={state === "failed" ? "text-bad" : "sr-only"}>{state === "failed" ? t("list.failed") : said}</p>
      </li>
    </>
  );
}

function pageQuery(href: string, cursor: string): string {
  const query = new URLSearchParams(href.split("?")[1]);
  query.set("cursor", cursor);
  return String(query);
}
