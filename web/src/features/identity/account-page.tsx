import { ChannelForm } from "@/features/channels/channel-form";
import { choicesOf } from "@/features/channels/categories";
import { refusalOf, Resting } from "@/features/site/resting";
import { api } from "@/lib/api/server";
import { getText } from "@/text/server";
import { AccountShell, accountOrDoor, Section } from "./account-shell";
import { PictureFields } from "./picture-fields";
import { ProfileForm } from "./profile-forms";

export async function AccountPage() {
  const who = await accountOrDoor("profile");
  if (!who.ok) return <Resting error={who.error} />;
  const account = who.data;
  const { t, locale } = await getText();
  const [channel, categories] = await Promise.all([
    api("get", "/api/v1/channels/{username}", { path: { username: account.username } }), api("get", "/api/v1/categories"),
  ]);
  if (!channel.ok || !categories.ok) return <Resting error={refusalOf(channel, categories)} />;
  return (
    <AccountShell name="profile" account={account}>
      <Section id="pictures" title={t("care.pictures")} hint={t("care.pictures_hint")}><PictureFields account={account} bannerUrl={channel.data.banner_url} /></Section>
      <Section id="profile" title={t("account.profile")}><ProfileForm account={account} /></Section>
      <Section id="channel" title={t("account.channel")} hint={t("account.channel_hint")}><ChannelForm channel={channel.data} categories={choicesOf(categories.data.items, locale)} /></Section>
    </AccountShell>
  );
}
