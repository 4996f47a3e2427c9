"use client";

import { useRouter } from "next/navigation";
import { lazy, Suspense, useState } from "react";
import { api } from "@/lib/api/browser";
import type { TwoFactor } from "@/lib/api/types";
import { dateIn } from "@/lib/time";
import { useForm } from "@/lib/use-form";
import { useLocale, useText } from "@/text/client";
import { Button } from "@/ui/button";
import { CopyField } from "@/ui/copy-field";
import { FormError, PasswordField, SubmitButton } from "@/ui/form";
import { CodeField } from "./code-field";
import { RecoveryCodes } from "./recovery-codes";

const QrCode = lazy(() => import("@/ui/qr-code"));

type Secret = { secret: string; otpauth_uri: string };

// Two steps at the door: on by password, QR code and a first code; off by password and a code.
export function TwoFactorPanel({ status }: { status: TwoFactor }) {
  const router = useRouter();
  const [secret, setSecret] = useState<Secret | null>(null);
  const [codes, setCodes] = useState<string[] | null>(null);
  const keep = (fresh: string[]) => { setSecret(null); setCodes(fresh); router.refresh(); };
  if (codes) return <RecoveryCodes codes={codes} onKept={() => setCodes(null)} />;
  if (secret) return <ConfirmCode secret={secret} onOn={keep} onCancel={() => setSecret(null)} />;
  return status.is_on ? <WhenOn status={status} onRenewed={keep} /> : <WhenOff onSecret={setSecret} />;
}

function WhenOff({ onSecret }: { onSecret: (secret: Secret) => void }) {
  const t = useText();
  const form = useForm({
    send: ({ password = "" }) => api("post", "/api/v1/account/two-factor", { body: { password } }),
    onDone: onSecret,
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <p className="font-semibold">{t("care.two_factor_off")}</p>
      <FormError {...form} />
      <PasswordField name="password" label={t("auth.current_password")} error={form.fieldErrors.password} autoComplete="current-password" />
      <p><SubmitButton isPending={form.isPending}>{t("care.turn_on")}</SubmitButton></p>
    </form>
  );
}

function ConfirmCode({ secret, onOn, onCancel }: { secret: Secret; onOn: (codes: string[]) => void; onCancel: () => void }) {
  const t = useText();
  const form = useForm({
    send: ({ code = "" }) => api("post", "/api/v1/account/two-factor/confirm", { body: { code } }),
    onDone: ({ codes }) => onOn(codes),
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <p>{t("care.scan")}</p>
      <Suspense fallback={<div className="aspect-square w-full max-w-64 rounded-xl bg-white" />}><QrCode text={secret.otpauth_uri} label={t("care.qr")} /></Suspense>
      <CopyField label={t("care.secret")} value={secret.secret} copyLabel={t("care.copy")} />
      <FormError {...form} />
      <CodeField error={form.fieldErrors.code} autoFocus />
      <p className="flex flex-wrap gap-3">
        <SubmitButton isPending={form.isPending}>{t("care.confirm_code")}</SubmitButton>
        <Button variant="plain" onClick={onCancel}>{t("care.cancel")}</Button>
      </p>
    </form>
  );
}

function WhenOn({ status, onRenewed }: { status: TwoFactor; onRenewed: (codes: string[]) => void }) {
  const t = useText(), locale = useLocale(), router = useRouter();
  const [wish, setWish] = useState<"off" | "renew">("renew");
  const form = useForm<{ codes: string[] } | undefined>({
    send: ({ password = "", code = "" }) => wish === "off"
      ? api("post", "/api/v1/account/two-factor/disable", { body: { password, code } })
      : api("post", "/api/v1/account/two-factor/recovery-codes", { body: { password, code } }),
    onDone: (renewed, element) => {
      element.reset();
      if (renewed) onRenewed(renewed.codes);
      else router.refresh();
    },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <p><b className="block text-good">{status.since && t("care.two_factor_on", { date: dateIn(locale, status.since) })}</b>
        <span className={status.recovery_codes_left === 0 ? "font-semibold text-bad" : "text-muted"}>{t("care.codes_left", { n: status.recovery_codes_left })}</span></p>
      <FormError {...form} />
      <PasswordField name="password" label={t("auth.current_password")} error={form.fieldErrors.password} autoComplete="current-password" />
      <CodeField error={form.fieldErrors.code} />
      <p className="flex flex-wrap gap-3">
        <button type="submit" className="button button-quiet" aria-disabled={form.isPending} onClick={() => setWish("renew")}>{t("care.codes_renew")}</button>
        <button type="submit" className="button button-danger" aria-disabled={form.isPending} onClick={() => setWish("off")}>{t("care.turn_off")}</button>
      </p>
    </form>
  );
}
