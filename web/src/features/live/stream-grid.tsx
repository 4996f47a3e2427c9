import type { StreamQuery } from "@/features/discovery/filters";
import { TextProvider } from "@/text/client";
import { getText, messagesFor } from "@/text/server";
import { LoadMore } from "./load-more";
import { StreamCard, type CardStream } from "./stream-card";

type Props = {
  streams: readonly CardStream[];
  categoryNames: Record<string, string>;
  more?: { cursor: string; href: string; query: StreamQuery };
  isLeading?: boolean;   // Its first picture is the page's first.
};

export async function StreamGrid({ streams, categoryNames, more, isLeading = true }: Props) {
  const { t, locale } = await getText();
  return (
    <ul className="stream-grid">
      {streams.map((stream, index) => (
        <li key={stream.id}>
          <StreamCard stream={stream} categoryName={categoryNames[stream.category] ?? stream.category} locale={locale} t={t} isFirst={isLeading && index === 0} />
        </li>
      ))}
      {more && (
        <TextProvider locale={locale} messages={await messagesFor("features/live/stream-grid")}>
          <LoadMore {...more} key={more.href} categoryNames={categoryNames} knownIds={streams.map(({ id }) => id)} />
        </TextProvider>
      )}
    </ul>
  );
}
