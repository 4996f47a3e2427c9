import type { Emote } from "@/lib/api/types";

type Props = { emote: Pick<Emote, "url" | "still_url" | "animated">; size: 20 | 28 | 56 | 112; alt: string; isStill?: boolean; className?: string };

// An emote at one of the sizes it is drawn for. What moves rests where the reader's system asks for less motion.
export function EmoteImage({ emote, size, alt, isStill = false, className }: Props) {
  const image = (
    // An SVG of our own needs no optimiser.
    <img src={isStill ? emote.still_url : emote.url} alt={alt} width={size} height={size} loading="lazy" decoding="async" className={className} />
  );
  if (!emote.animated || isStill) return image;
  return <picture><source media="(prefers-reduced-motion: reduce)" srcSet={emote.still_url} />{image}</picture>;
}
