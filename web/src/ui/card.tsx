import type { ReactNode } from "react";

// A surface that holds things which belong together. With a title it is a region of the page, under that name.
type Props = { title?: ReactNode; id?: string; aside?: ReactNode; children: ReactNode; className?: string };

export function Card({ title, id, aside, children, className = "" }: Props) {
  if (!title) return <div className={`panel ${className}`}>{children}</div>;
  const heading = id ? `${id}-title` : undefined;
  return (
    <section id={id} aria-labelledby={heading} className={`panel ${className}`}>
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2 pb-4">
        <h2 id={heading} className="text-xl">{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
