"use client";

import { useState } from "react";
import { api } from "@/lib/api/browser";
import type { Stream } from "@/lib/api/types";
import { useLocale, useText } from "@/text/client";
import { StreamCard } from "./stream-card";

type Props = {
  cursor: string;
  href: string;                      // The next page without script.
  query: { category?: string; language?: Stream["language"] };
  categoryNames: Record<string, string>;
  knownIds: number[];                // On the page already: counts move, so a stream may come again on the next page.
};

export function LoadMore({ cursor, href, query, categoryNames, knownIds }: Props) {
  const t = useText(), locale = useLocale();
  const [streams, setStreams] = useState<Stream[]>([]);
  const [next, setNext] = useState<string | null>(cursor);
  const [isPending, setPending] = useState(false);

  const load = async (event: React.MouseEvent) => {
    event.preventDefault();
    if (isPending || !next) return;
    setPending(true);
    const page = await api("get", "/api/v1/streams", { query: { ...query, live: true, cursor: next } });
    setPending(false);
    if (!page.ok) return;
    const shown = new Set([...knownIds, ...streams.map(({ id }) => id)]);
    setStreams([...streams, ...page.data.items.filter(({ id }) => !shown.has(id))]);
    setNext(page.data.next_cursor);
  };
  return (
    <>
      {streams.map((stream) => (
        <li key={stream.id}>
          <StreamCard stream={stream} categoryName={categoryNames[stream.category] ?? stream.category} locale={locale} t={t} />
        </li>
      ))}
      {next && (
        <li className="col-span-full flex justify-center pt-4">
          <a href={href} className="button button-quiet" aria-busy={isPending} onClick={load}>
            {isPending ? t("site.loading") : t("home.load_more")}
          </a>
        </li>
      )}
    </>
  );
}
