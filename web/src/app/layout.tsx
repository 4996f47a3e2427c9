import type { Metadata, Viewport } from "next";
import localFont from "next/font/local";
import { cookies, headers } from "next/headers";
import { MiniPlayer } from "@/features/media/mini-player";
import { Connection } from "@/features/site/connection";
import { Footer } from "@/features/site/footer";
import { Header } from "@/features/site/header";
import { LanguageBar } from "@/features/site/language-bar";
import { MobileNav } from "@/features/site/mobile-nav";
import { EMBED_HEADER, THEME_HEADER } from "@/lib/embed";
import type { Locale } from "@/lib/locale";
import { THEME_COOKIE, themeFrom, type Theme } from "@/lib/preferences";
import { publicOrigin } from "@/lib/origin";
import { cards, clipped } from "@/lib/seo/metadata";
import { TextProvider } from "@/text/client";
import { getText, messagesFor } from "@/text/server";
import { TileMotifs } from "@/ui/tile";
import { Toaster } from "@/ui/toast";
import "./globals.css";

const gabarito = localFont({
  src: "../ui/fonts/gabarito-700.woff2", weight: "700", display: "swap", variable: "--font-gabarito", adjustFontFallback: "Arial",
});

export async function generateMetadata(): Promise<Metadata> {
  const { t, locale } = await getText();
  return {
    metadataBase: new URL(await publicOrigin()),
    title: { default: `${t("site.name")} · ${t("site.tagline")}`, template: `%s · ${t("site.name")}` },
    description: clipped(t("site.description")),
    applicationName: t("site.name"),
    ...cards({
      siteName: t("site.name"), locale, title: `${t("site.name")} · ${t("site.tagline")}`, description: t("site.description"),
      image: { url: "/social-card.jpg", alt: t("share.card_alt") },
    }),
    icons: { icon: [{ url: "/mark.svg", type: "image/svg+xml" }, { url: "/favicon-32.png", sizes: "32x32", type: "image/png" }], apple: "/apple-touch-icon.png" },
    manifest: "/manifest.webmanifest",
  };
}

export const viewport: Viewport = {
  width: "device-width", initialScale: 1, viewportFit: "cover",
  themeColor: [{ media: "(prefers-color-scheme: light)", color: "#faf6ee" }, { media: "(prefers-color-scheme: dark)", color: "#0a1022" }],
};

export default async function RootLayout({ children }: { children: React.ReactNode }) {
  const { t, locale } = await getText();
  const [jar, asked] = await Promise.all([cookies(), headers()]);
  const theme = themeFrom(asked.get(THEME_HEADER) ?? jar.get(THEME_COOKIE)?.value);
  if (asked.has(EMBED_HEADER)) return <EmbeddedLayout locale={locale} theme={theme}>{children}</EmbeddedLayout>;
  return (
    <html lang={locale} data-theme={theme} className={gabarito.variable}>
      <body className="flex min-h-dvh flex-col antialiased">
        <a href="#content" className="button button-sun fixed start-3 top-3 z-50 -translate-y-24 focus:translate-y-0">{t("site.skip")}</a>
        <TileMotifs />
        <TextProvider locale={locale} messages={await messagesFor("app/layout", "app/error")}>
          <Header />
          <LanguageBar />
          <main id="content" tabIndex={-1} className="flex-1 outline-none">{children}</main>
          <Footer />
          <MobileNav />
          <MiniPlayer />
          <Connection />
          <Toaster />
        </TextProvider>
      </body>
    </html>
  );
}

// A player in somebody else's page brings no header and no menus.
async function EmbeddedLayout({ locale, theme, children }: { locale: Locale; theme: Theme; children: React.ReactNode }) {
  return (
    <html lang={locale} data-theme={theme} className={gabarito.variable}>
      <body className="antialiased">
        <TileMotifs />
        <TextProvider locale={locale} messages={await messagesFor("app/error")}><main id="content">{children}</main></TextProvider>
      </body>
    </html>
  );
}
