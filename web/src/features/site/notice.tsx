import type { ReactNode } from "react";
import { Motif } from "@/ui/motifs";

// A page, or a place on it, that has one thing to say. Paper flags hang over what is about to begin; the paving is for the rest.
type Props = { title: string; text: string; isHopeful?: boolean; level?: 1 | 2; children?: ReactNode };

export function Notice({ title, text, isHopeful = false, level = 1, children }: Props) {
  const Heading = level === 1 ? "h1" : "h2";
  return (
    <section className={`relative isolate mx-auto mt-8 max-w-2xl overflow-hidden rounded-3xl border border-line bg-surface px-6 text-center max-sm:mx-4 sm:mt-16 ${isHopeful ? "pt-20 pb-12" : "pt-14 pb-32"}`}>
      {isHopeful
        ? <div className="absolute inset-x-0 top-0 -z-10 h-11"><Motif name="bandeirinhas" /></div>
        : <div className="calcada absolute inset-x-0 bottom-0 -z-10 h-20 opacity-15" aria-hidden="true" />}
      <Heading className="text-3xl">{title}</Heading>
      <p className="mx-auto max-w-md pt-3 pb-6 text-muted">{text}</p>
      {children}
    </section>
  );
}
