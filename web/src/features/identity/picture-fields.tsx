"use client";

import { useRouter } from "next/navigation";
import { lazy, Suspense, useRef, useState, type ChangeEvent } from "react";
import { api } from "@/lib/api/browser";
import type { Account } from "@/lib/api/types";
import { useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { Avatar } from "@/ui/avatar";
import { Button } from "@/ui/button";

const CropDialog = lazy(() => import("./crop-dialog"));

const KINDS = {
  avatar: { path: "/api/v1/account/avatar", choose: "care.choose_avatar", remove: "care.remove_avatar", width: 512, height: 512 },
  banner: { path: "/api/v1/channel/banner", choose: "care.choose_banner", remove: "care.remove_banner", width: 1200, height: 400 },
} as const;
type Kind = keyof typeof KINDS;

export function PictureFields({ account, bannerUrl }: { account: Account; bannerUrl: string | null }) {
  const t = useText();
  return (
    <div className="grid gap-8">
      <PictureField kind="avatar" hasPicture={account.avatar_url !== null}>
        <Avatar username={account.username} name={account.display_name} url={account.avatar_url} label={t("care.avatar")} className="size-24" />
      </PictureField>
      <PictureField kind="banner" hasPicture={bannerUrl !== null}>
        {bannerUrl
          ? <img src={bannerUrl} alt={t("care.banner")} width={1200} height={400} decoding="async" className="aspect-3/1 w-full rounded-xl object-cover" />
          : <p className="grid aspect-3/1 w-full place-items-center rounded-xl bg-tint text-muted">{t("care.no_banner")}</p>}
      </PictureField>
    </div>
  );
}

function PictureField({ kind, hasPicture, children }: { kind: Kind; hasPicture: boolean; children: React.ReactNode }) {
  const t = useText(), say = useErrorWords(), router = useRouter();
  const { path, choose, remove, width, height } = KINDS[kind];
  const input = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState("");
  const [done, setDone] = useState("");

  const take = (event: ChangeEvent<HTMLInputElement>) => {
    setFile(event.target.files?.[0] ?? null);
    event.target.value = "";   // The same file may be chosen again.
  };
  const settle = async (send: () => ReturnType<typeof put | typeof drop>, words: string) => {
    setPending(true);
    setProblem("");
    setDone("");
    const answer = await send();
    setPending(false);
    if (!answer.ok) return setProblem(await say(answer.error));
    setDone(words);
    router.refresh();
  };
  const put = (picture: Blob) => api("put", path, { body: picture });
  const drop = () => api("delete", path);
  return (
    <div className="grid gap-4">
      <div className={kind === "avatar" ? "flex flex-wrap items-center gap-5" : "grid gap-4"}>
        {children}
        <div className="flex flex-wrap gap-3">
          <Button isPending={isPending} onClick={() => input.current?.click()}>{t(choose)}</Button>
          {hasPicture && <Button variant="plain" isPending={isPending} onClick={() => settle(drop, t("care.picture_removed"))}>{t(remove)}</Button>}
        </div>
      </div>
      <input ref={input} type="file" accept="image/jpeg,image/png,image/webp" aria-label={t(choose)} hidden onChange={take} />
      <p role="alert" className={problem ? "font-semibold text-bad" : "sr-only"}>{problem}</p>
      <p role="status" className={done ? "font-semibold text-good" : "sr-only"}>{done}</p>
      {file && (
        <Suspense>
          <CropDialog file={file} width={width} height={height} onClose={() => setFile(null)} onUnreadable={() => { setFile(null); setProblem(t("care.unreadable")); }}
            onCropped={(picture) => { setFile(null); void settle(() => put(picture), t("care.picture_saved")); }} />
        </Suspense>
      )}
    </div>
  );
}
