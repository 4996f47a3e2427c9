import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import type { CallResult } from "@/lib/api/call";
import { asking } from "@/lib/api/server";
import type { Account } from "@/lib/api/types";
import { TextProvider } from "@/text/client";
import { getText, messagesFor } from "@/text/server";
import { Avatar } from "@/ui/avatar";

// The frame of the account's pages: whose it is, and the way between them. Beside the page where there is room, a row
// above it where there is not.
const SECTIONS = [
  { name: "profile", href: "/account", says: "care.profile", title: "care.profile_title", words: "features/identity/account-page" },
  { name: "security", href: "/account/security", says: "care.security", title: "care.security_title", words: "features/identity/security-page" },
  { name: "privacy", href: "/account/privacy", says: "care.privacy", title: "care.privacy_title", words: "features/identity/privacy-page" },
] as const;
export type SectionName = (typeof SECTIONS)[number]["name"];

const sectionOf = (name: SectionName) => SECTIONS.find((section) => section.name === name) ?? SECTIONS[0];

export async function sectionMetadata(name: SectionName): Promise<Metadata> {
  return { title: (await getText()).t(sectionOf(name).title), robots: { index: false } };
}

export async function accountOrDoor(name: SectionName): Promise<CallResult<Account>> {
  const who = await asking();
  return who.ok ? { ok: true, data: who.data ?? redirect(`/sign-in?next=${sectionOf(name).href}`) } : who;
}

export async function AccountShell({ name, account, children }: { name: SectionName; account: Account; children: ReactNode }) {
  const { t, locale } = await getText();
  const messages = await messagesFor(sectionOf(name).words);
  return (
    <TextProvider locale={locale} messages={messages}>
      <div className="mx-auto grid max-w-5xl gap-6 px-4 pt-8 sm:px-6 lg:grid-cols-[14rem_minmax(0,1fr)]">
        <div className="flex items-center gap-4 lg:col-span-2">
          <Avatar username={account.username} name={account.display_name} url={account.avatar_url} className="size-16" />
          <div className="min-w-0">
            <h1 className="text-3xl">{t(sectionOf(name).title)}</h1>
            <p className="truncate text-muted">{account.display_name} · @{account.username}</p>
          </div>
        </div>
        <nav aria-label={t("care.nav")}>
          <ul className="flex flex-wrap gap-1 sm:gap-2 lg:grid">
            {SECTIONS.map((section) => (
              <li key={section.name}>
                <Link href={section.href} prefetch={false} aria-current={section.name === name ? "page" : undefined}
                  className="flex min-h-11 items-center rounded-xl px-2.5 font-semibold hover:bg-tint aria-[current]:bg-tint sm:px-4">{t(section.says)}</Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="grid min-w-0 content-start gap-6">{children}</div>
      </div>
    </TextProvider>
  );
}

export function Section({ id, title, hint, children }: { id: string; title: string; hint?: string; children: ReactNode }) {
  return (
    <section id={id} className="panel min-w-0" aria-labelledby={`section-${id}`}>
      <h2 id={`section-${id}`} className="text-xl">{title}</h2>
      {hint && <p className="pt-1 text-muted">{hint}</p>}
      <div className="pt-5">{children}</div>
    </section>
  );
}
