import type { Stream } from "@/lib/api/types";
import { TextProvider } from "@/text/client";
import { getText, messagesFor } from "@/text/server";
import { LoadMore } from "./load-more";
import { StreamCard } from "./stream-card";

type Props = {
  streams: Stream[];
  categoryNames: Record<string, string>;
  more?: { cursor: string; href: string; query: { category?: string; language?: Stream["language"] } };
};

export async function StreamGrid({ streams, categoryNames, more }: Props) {
  const { t, locale } = await getText();
  return (
    <ul className="grid gap-x-5 gap-y-8 sm:grid-cols-2 lg:grid-cols-3 2xl:grid-cols-4">
      {streams.map((stream, index) => (
        <li key={stream.id}>
          <StreamCard stream={stream} categoryName={categoryNames[stream.category] ?? stream.category} locale={locale} t={t} isFirst={index === 0} />
        </li>
      ))}
      {more && (
        <TextProvider locale={locale} messages={await messagesFor("live", "home", "language")}>
          <LoadMore {...more} categoryNames={categoryNames} knownIds={streams.map(({ id }) => id)} />
        </TextProvider>
      )}
    </ul>
  );
}
