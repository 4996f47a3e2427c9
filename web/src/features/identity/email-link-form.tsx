"use client";

import Link from "next/link";
import { useState } from "react";
import { api } from "@/lib/api/browser";
import { useForm } from "@/lib/use-form";
import { useText } from "@/text/client";
import { FormError, SubmitButton } from "@/ui/form";

export type EmailLink = "confirm" | "undo";

const LINKS = {
  confirm: { path: "/api/v1/account/email/confirm", action: "care.confirm_email_action", done: "care.confirm_email_done" },
  undo: { path: "/api/v1/account/email/undo", action: "care.undo_email_action", done: "care.undo_email_done" },
} as const;

// A press, not a visit, does it: mail scanners visit links too.
export function EmailLinkForm({ link, token }: { link: EmailLink; token: string }) {
  const t = useText(), { path, action, done } = LINKS[link];
  const [isDone, setDone] = useState(false);
  const form = useForm({ send: () => api("post", path, { body: { token } }), onDone: () => setDone(true) });
  if (isDone) {
    return (
      <div role="status" className="grid gap-5">
        <p className="text-lg font-bold">{t(done)}</p>
        <Link href="/" prefetch={false} className="button button-primary">LusoTown</Link>
      </div>
    );
  }
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <SubmitButton isPending={form.isPending}>{t(action)}</SubmitButton>
    </form>
  );
}
