"use client";

import { useRouter } from "next/navigation";
import { useState, type ReactNode } from "react";
import { api } from "@/lib/api/browser";
import type { Checklist, ChecklistStepName } from "@/lib/api/types";
import { useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { Badge } from "@/ui/badge";
import { Button, ButtonLink } from "@/ui/button";
import { Icon } from "@/ui/icon";
import { showToast } from "@/ui/toast";
import { NetworkCheck } from "./network-check";

type Props = { checklist: Checklist; channel: string | undefined; isOwner: boolean; isOpen: boolean };

// From a new account to the first live. What is done is what the server finds done; nobody ticks anything.
export function ChecklistCard({ checklist, channel, isOwner, isOpen }: Props) {
  const t = useText(), say = useErrorWords(), router = useRouter();
  const [isPending, setPending] = useState(false);
  const { steps } = checklist;
  const needed = steps.filter(({ is_optional }) => !is_optional), done = needed.filter(({ is_done }) => is_done).length;
  const next = needed.find(({ is_done }) => !is_done)?.name;
  const dismiss = async () => {
    setPending(true);
    const answer = await api("patch", "/api/v1/studio/checklist", { query: { channel }, body: { is_dismissed: true } });
    setPending(false);
    if (answer.ok) router.refresh(); else showToast({ text: await say(answer.error), tone: "bad" });
  };
  return (
    <section className="panel" aria-labelledby="first-live">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div>
          <h2 id="first-live" className="text-xl">{t("studio.first")}</h2>
          <p className="text-muted">{done === needed.length ? t("studio.first_all") : t("studio.first_progress", { done, all: needed.length })}</p>
        </div>
        <Button size="small" className="min-h-11" isPending={isPending} onClick={() => void dismiss()}>{t("studio.first_dismiss")}</Button>
      </div>
      <progress className="first-progress" value={done} max={needed.length} aria-labelledby="first-live" />
      <ol className="pt-2">
        {steps.map(({ name, is_done, is_optional }) => (
          <li key={name} className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-3 border-t border-line py-3 first:border-0" aria-current={name === next ? "step" : undefined}>
            <span className={`first-mark ${is_done ? "first-done" : ""}`}>{is_done && <Icon name="check" className="size-4" />}
              <span className="sr-only">{t(is_done ? "studio.step_done" : "studio.step_open")}</span></span>
            <div className="grid gap-2">
              <p className="flex flex-wrap items-center gap-2"><b>{t(`studio.step_${name}`)}</b>{is_optional && !is_done && <Badge>{t("studio.step_optional")}</Badge>}</p>
              {(!is_done || name === "network") && <Step name={name} channel={channel} isOwner={isOwner} isOpen={isOpen} upload_kbps={checklist.upload_kbps} />}
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

type StepProps = { name: ChecklistStepName; channel: string | undefined; isOwner: boolean; isOpen: boolean; upload_kbps: number | null };

// What to do about a step, for whoever may do it.
function Step({ name, channel, isOwner, isOpen, upload_kbps }: StepProps): ReactNode {
  const t = useText();
  const of = channel ? `?channel=${encodeURIComponent(channel)}` : "";
  if (name === "network") return <NetworkCheck known_kbps={upload_kbps} channel={channel} />;
  const text = <p className="text-[0.9375rem] text-muted">{t(`studio.step_${name}_text`)}</p>;
  const link = (href: string) => <p><ButtonLink href={href} size="small" className="min-h-11">{t(`studio.step_${name}_action`)}</ButtonLink></p>;
  switch (name) {
    case "picture": return <>{text}{isOwner && link("/account")}</>;
    case "about": case "place": return <>{text}{link(`/studio/channel${of}`)}</>;
    case "title": return <>{text}{!isOpen && link("#start")}</>;
    case "connection": return <>{text}{isOwner && link("/studio/guide")}</>;
    case "first_live": return <>{text}{isOwner && isOpen && link("#ways")}</>;
    case "team": return <>{text}{isOwner && link("/studio/team")}</>;
  }
}
