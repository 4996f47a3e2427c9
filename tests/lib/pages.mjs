// The table of all pages. Add yours: one line here, and every gate of tests/pages/pages.test.mjs looks at it, at three sizes
// and in three themes. What a page needs to show something worth looking at is made by setTheStage.
//   path     as a visitor types it; {ana} is no pattern: the stage's people have fixed names
//   as       who is signed in; nobody when it is missing
//   status   what the page answers, 200 when it is missing
import { totp } from "./totp.mjs";

export const kPages = [
  { name: "home", path: "/" },
  { name: "hub-pt-pt", path: "/pt-pt/" },
  { name: "hub-pt-br", path: "/pt-br/" },
  { name: "hub-en", path: "/en/" },
  { name: "categories", path: "/categories" },
  { name: "category-live", path: "/categories/fado" },
  { name: "category-empty", path: "/pt-br/categories/futebol" },
  { name: "category-missing", path: "/categories/nada", status: 404 },
  { name: "region", path: "/regions/cv" },
  { name: "search", path: "/search" },
  { name: "search-found", path: "/search?q=emissao" },
  { name: "search-nothing", path: "/search?q=zzzzqqq" },
  { name: "about-discovery", path: "/about/discovery" },
  { name: "channel-live", path: "/@ana" },
  { name: "channel-offline", path: "/@rui" },
  { name: "channel-about", path: "/@rui?tab=about" },
  { name: "channel-schedule", path: "/@rui?tab=schedule" },
  { name: "embed-live", path: "/embed/@ana?autoplay=0" },
  { name: "embed-offline", path: "/embed/@rui" },
  { name: "channel-missing", path: "/@ninguem", status: 404 },
  { name: "not-found", path: "/rua/que/nao/existe", status: 404 },
  { name: "register", path: "/register" },
  { name: "sign-in", path: "/sign-in" },
  { name: "forgot", path: "/forgot" },
  { name: "confirm", path: "/confirm" },
  { name: "confirm-with-token", path: "/confirm?token=nobodys-token-at-all" },
  { name: "reset", path: "/reset" },
  { name: "reset-with-token", path: "/reset?token=nobodys-token-at-all" },
  { name: "confirm-email", path: "/confirm-email?token=nobodys-token-at-all" },
  { name: "undo-email", path: "/undo-email?token=nobodys-token-at-all" },
  { name: "emotes", path: "/emotes" },
  { name: "emotes-region", path: "/emotes?region=mz&motion=off" },
  { name: "design", path: "/design", isHeavy: true },
  { name: "home-signed-in", path: "/", as: "ana" },
  { name: "following", path: "/following", as: "ana" },
  { name: "following-nobody", path: "/following", as: "rui" },
  { name: "account", path: "/account", as: "ana" },
  { name: "account-security", path: "/account/security", as: "ana" },
  { name: "account-security-two-steps", path: "/account/security", as: "eva" },
  { name: "account-privacy", path: "/account/privacy", as: "ana" },
  { name: "account-privacy-two-steps", path: "/account/privacy", as: "eva" },
  { name: "studio", path: "/studio", as: "ana" },
  { name: "studio-first-time", path: "/studio", as: "rui" },
  { name: "studio-helping", path: "/studio?channel=ana", as: "rui" },
  { name: "studio-streams", path: "/studio/streams", as: "ana" },
  { name: "studio-stream", path: "/studio/streams/1", as: "ana" },
  { name: "studio-channel", path: "/studio/channel", as: "ana" },
  { name: "studio-schedule", path: "/studio/schedule", as: "ana" },
  { name: "studio-keys", path: "/studio/keys", as: "ana" },
  { name: "studio-team", path: "/studio/team", as: "ana" },
  { name: "studio-guide", path: "/studio/guide", as: "ana" },
  { name: "studio-access", path: "/studio/access", as: "ana" },
];

// Ana is live and follows Rui, who has never been but says what he does and when; Eva signs in in two steps; a title longer than a phone is wide.
export async function setTheStage(world) {
  const ana = await world.user("ana"), rui = await world.user("rui"), eva = await world.user("eva");
  const { stream, publish } = await ana.post("/api/v1/streams", { title: "Uma emissão com um título comprido que não cabe numa linha de telemóvel", category: "fado", language: "pt-PT" });
  world.publish(publish.obs_key);
  await ana.put("/api/v1/channels/rui/follow");
  await ana.post("/api/v1/channels/ana/team", { username: "rui", role: "editor" });
  await rui.put("/api/v1/memberships/ana");
  await rui.patch("/api/v1/channel/about", {
    panels: [{ title: "Regras da casa", body: "1. **Respeito**\n2. Nada de *spam*\n\n> Quem canta seus males espanta." }, { title: "Equipamento", body: "- Viola\n- [Microfone](https://example.org)" }],
    links: [{ label: "Sítio", url: "https://example.org/rui" }],
  });
  await rui.post("/api/v1/channel/schedule", { title: "Viola ao domingo", category: "samba-pagode", duration_min: 90, weekday: "sunday", time: "21:30", time_zone: "Europe/Lisbon" });
  const { secret } = await eva.post("/api/v1/account/two-factor", { password: eva.password });
  await eva.post("/api/v1/account/two-factor/confirm", { code: totp(secret) });
  await world.live(stream.id);
  return { ana, rui, eva };
}
