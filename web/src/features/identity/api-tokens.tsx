"use client";

import { useState } from "react";
import { api } from "@/lib/api/browser";
import type { ApiToken } from "@/lib/api/types";
import { dateIn, sinceIn } from "@/lib/time";
import { useForm } from "@/lib/use-form";
import { useLocale, useText } from "@/text/client";
import { useErrorWords } from "@/text/refusals";
import { CopyField } from "@/ui/copy-field";
import { SelectField, TextField } from "@/ui/field";
import { FormError, SubmitButton } from "@/ui/form";

const SCOPES = [
  { scope: "account:read", says: "account.scope_account_read" },
  { scope: "streams:write", says: "account.scope_streams_write" },
  { scope: "channel:write", says: "account.scope_channel_write" },
] as const;
const DAYS = [30, 90, 365] as const;

export function ApiTokens({ tokens }: { tokens: ApiToken[] }) {
  const t = useText(), say = useErrorWords();
  const [open, setOpen] = useState(tokens);
  const [secret, setSecret] = useState<string | null>(null);
  const [problem, setProblem] = useState("");
  const form = useForm({
    send: ({ name = "", days, ...boxes }) => api("post", "/api/v1/account/tokens", {
      body: {
        name: name.trim(), scopes: SCOPES.map(({ scope }) => scope).filter((scope) => boxes[scope] === "on"),
        ...(days ? { expires_in_days: Number(days) } : {}),
      },
    }),
    onDone: ({ token, api_token }, element) => {
      element.reset();
      setSecret(token);
      setOpen((now) => [api_token, ...now]);
    },
  });
  const revoke = async (id: number) => {
    const answer = await api("delete", "/api/v1/account/tokens/{token_id}", { path: { token_id: id } });
    if (answer.ok || answer.error.status === 404) setOpen((now) => now.filter((token) => token.id !== id));
    setProblem(answer.ok ? "" : await say(answer.error));
  };
  return (
    <div className="grid gap-6">
      <p role="alert" className={problem ? "font-semibold text-bad" : "sr-only"}>{problem}</p>
      {secret && <div role="status" className="rounded-xl bg-tint p-4"><CopyField label={t("account.token_created")} value={secret} copyLabel={t("golive.copy")} /></div>}
      {open.length === 0 ? <p className="text-muted">{t("account.tokens_none")}</p> : (
        <ul>{open.map((token) => <TokenRow key={token.id} token={token} onRevoke={() => revoke(token.id)} />)}</ul>
      )}
      <form onSubmit={form.onSubmit} noValidate className="grid gap-5 border-t border-line pt-5">
        <FormError {...form} />
        <div className="grid gap-5 sm:grid-cols-2">
          <TextField name="name" label={t("account.token_name")} error={form.fieldErrors.name} required maxLength={60} autoComplete="off" />
          <SelectField name="days" label={t("account.token_expiry")} defaultValue="90" error={form.fieldErrors.days}>
            {DAYS.map((days) => <option key={days} value={days}>{t("account.token_days", { n: days })}</option>)}
            <option value="">{t("account.token_never")}</option>
          </SelectField>
        </div>
        <fieldset>
          <legend className="pb-1 font-semibold">{t("account.token_scopes")}</legend>
          {SCOPES.map(({ scope, says }) => (
            <label key={scope} className="flex min-h-11 items-center gap-3"><input type="checkbox" name={scope} className="size-5" defaultChecked={scope === "account:read"} />{t(says)} <code className="text-sm text-muted">{scope}</code></label>
          ))}
        </fieldset>
        <SubmitButton isPending={form.isPending} className="button button-primary justify-self-start">{t("account.token_create")}</SubmitButton>
      </form>
    </div>
  );
}

function TokenRow({ token, onRevoke }: { token: ApiToken; onRevoke: () => void }) {
  const t = useText(), locale = useLocale();
  return (
    <li className="flex items-center justify-between gap-4 border-t border-line py-3 first:border-0">
      <span className="min-w-0">
        <b className="block truncate">{token.name}</b>
        <span className="block text-sm text-muted" suppressHydrationWarning>
          {token.scopes.join(", ")} · {token.last_used_at ? t("account.token_used", { time: sinceIn(locale, token.last_used_at) }) : t("account.token_unused")}
          {token.expires_at ? ` · ${t("account.token_expires", { date: dateIn(locale, token.expires_at) })}` : ""}
        </span>
      </span>
      <button type="button" className="button button-danger button-small" onClick={onRevoke}>{t("account.token_revoke")}</button>
    </li>
  );
}
