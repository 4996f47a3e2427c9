import type { ReactNode } from "react";

// A page that has one thing to say.
export function Notice({ title, text, children }: { title: string; text: string; children?: ReactNode }) {
  return (
    <section className="relative isolate mx-auto mt-8 max-w-2xl overflow-hidden rounded-3xl border border-line bg-surface px-6 pt-14 pb-32 text-center max-sm:mx-4 sm:mt-16">
      <div className="calcada absolute inset-x-0 bottom-0 -z-10 h-20 opacity-15" aria-hidden="true" />
      <h1 className="text-3xl">{title}</h1>
      <p className="mx-auto max-w-md pt-3 pb-6 text-muted">{text}</p>
      {children}
    </section>
  );
}
