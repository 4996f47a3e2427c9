import type { ReactNode } from "react";
import { TextProvider } from "@/text/client";
import { messagesFor, pageLocale, type BrowserModule } from "@/text/server";
import { AzulejoWall } from "@/ui/azulejo";

// The frame of the doors to the town: one card before a tiled wall.
export async function Entrance({ title, lead, words, children }: { title: string; lead?: string; words: BrowserModule; children: ReactNode }) {
  return (
    <TextProvider locale={await pageLocale()} messages={await messagesFor(words)}>
      <div className="relative isolate -mb-16 min-h-[75dvh] overflow-hidden bg-(--wall) px-4 py-10 sm:py-16">
        <AzulejoWall className="absolute inset-0 -z-10 text-white" />
        <section className="mx-auto w-full max-w-[27rem] rounded-3xl bg-surface p-6 shadow-2xl sm:p-8">
          <h1 className="text-[1.75rem]">{title}</h1>
          {lead && <p className="pt-2 text-muted">{lead}</p>}
          <div className="pt-6">{children}</div>
        </section>
      </div>
    </TextProvider>
  );
}
