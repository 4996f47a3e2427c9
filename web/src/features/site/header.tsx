import Link from "next/link";
import { SearchBox } from "@/features/discovery/search-box";
import { GoLiveButton } from "@/features/live/go-live-button";
import { SignOutItem } from "@/features/identity/sign-out";
import { viewer } from "@/lib/api/server";
import { LOCALES } from "@/lib/locale";
import { getText } from "@/text/server";
import { Avatar } from "@/ui/avatar";
import { Icon } from "@/ui/icon";
import { LOCALE_NAMES } from "@/ui/locale-names";
import { Wordmark } from "@/ui/logo";
import { ThemeSwitch } from "./theme-switch";

export async function Header() {
  const { t, locale } = await getText();
  const account = await viewer();
  return (
    <header className="sticky top-0 z-30 bg-paper">
      <div className="mx-auto flex h-16 max-w-[94rem] items-center gap-1 px-3 sm:gap-3 sm:px-6">
        <Link href="/" prefetch={false} className="me-auto rounded-lg p-1" aria-label={`${t("site.name")}: ${t("nav.home")}`}>
          <Wordmark />
        </Link>
        <SearchBox id="site-search" isShortcut className="hidden w-full max-w-md min-w-0 md:flex" />
        <nav aria-label={t("site.explore_nav")} className="hidden lg:flex">
          <Link href="/categories" prefetch={false} className="button button-small hover:bg-raised">{t("nav.categories")}</Link>
        </nav>
        {account && (
          <nav aria-label={t("site.main_nav")} className="hidden items-center gap-1 md:flex">
            <Link href="/following" prefetch={false} className="button button-small whitespace-nowrap hover:bg-raised">{t("nav.following")}</Link>
            <Link href="/studio" prefetch={false} className="button button-small hover:bg-raised">{t("studio.title")}</Link>
          </nav>
        )}
        {account
          ? <GoLiveButton className="button button-sun button-small min-h-11 px-3 whitespace-nowrap sm:px-4"><Icon name="broadcast" />
              <span className="max-xs:sr-only">{t("live.golive")}</span></GoLiveButton>
          : <>
              <Link href="/sign-in" prefetch={false} className="button button-small min-h-11 px-2 whitespace-nowrap text-cobalt sm:px-3">{t("auth.signin")}</Link>
              <Link href="/register" prefetch={false} className="button button-primary button-small min-h-11 whitespace-nowrap max-sm:hidden">{t("auth.signup")}</Link>
            </>}
        <button type="button" className="icon-button" popoverTarget="site-menu" aria-label={t("site.menu")}>
          {account ? <Avatar username={account.username} name={account.display_name} url={account.avatar_url} className="size-9" /> : <Icon name="menu" className="size-6" />}
        </button>
      </div>
      <div className="calcada calcada-thin" aria-hidden="true" />

      <div id="site-menu" popover="auto" className="popover">
        {account
          ? <>
              <p className="flex items-center gap-3 px-3 pt-1 pb-3">
                <Avatar username={account.username} name={account.display_name} url={account.avatar_url} />
                <span className="min-w-0"><b className="block truncate">{account.display_name}</b>
                  <span className="block truncate text-sm text-muted">@{account.username}</span></span>
              </p>
              <Link href="/categories" prefetch={false} className="menu-item lg:hidden"><Icon name="menu" />{t("nav.categories")}</Link>
              <Link href={`/@${account.username}`} prefetch={false} className="menu-item"><Icon name="eye" />{t("golive.open_channel")}</Link>
              <Link href="/following" prefetch={false} className="menu-item"><Icon name="heart" />{t("nav.following")}</Link>
              <Link href="/studio" prefetch={false} className="menu-item"><Icon name="chart" />{t("studio.title")}</Link>
              <Link href="/account" prefetch={false} className="menu-item"><Icon name="user" />{t("account.title")}</Link>
              <SignOutItem label={t("auth.signout")} />
            </>
          : <>
              <Link href="/categories" prefetch={false} className="menu-item lg:hidden"><Icon name="menu" />{t("nav.categories")}</Link>
              <Link href="/sign-in" prefetch={false} className="menu-item"><Icon name="user" />{t("auth.signin")}</Link>
              <Link href="/register" prefetch={false} className="menu-item"><Icon name="heart" />{t("auth.signup")}</Link>
            </>}
        <hr className="my-2 border-line" />
        <p className="px-3 pt-1 pb-1 text-sm text-muted" id="menu-language">{t("site.language")}</p>
        <ul aria-labelledby="menu-language">
          {LOCALES.map((other) => (
            <li key={other}>
              {/* A plain link: the answer sets a cookie and comes back to this page. */}
              <a href={`/language/${other}`} lang={other} hrefLang={other} className="menu-item" aria-current={other === locale ? "true" : undefined}>
                <Icon name={other === locale ? "check" : "globe"} />{LOCALE_NAMES[other]}
              </a>
            </li>
          ))}
        </ul>
        <hr className="my-2 border-line" />
        <ThemeSwitch />
      </div>
    </header>
  );
}
