import { viewer } from "@/lib/api/server";
import { getText } from "@/text/server";
import { BottomNav, type Place } from "./bottom-nav";

export async function MobileNav() {
  const { t } = await getText();
  const home: Place = { href: "/", label: t("nav.home"), icon: "home" };
  const search: Place = { href: "/search", label: t("nav.search"), icon: "search" };
  const places: Place[] = (await viewer())
    ? [home, { href: "/following", label: t("nav.following"), icon: "heart" }, search, { href: "/studio", label: t("studio.title"), icon: "chart" }]
    : [home, search, { href: "/sign-in", label: t("auth.signin"), icon: "user" }];
  return <BottomNav label={t("site.quick_nav")} places={places} />;
}
