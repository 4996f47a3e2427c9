"use client";

import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState, type ReactNode } from "react";
import { api } from "@/lib/api/browser";
import type { CallResult } from "@/lib/api/call";
import type { Account } from "@/lib/api/types";
import { rememberLocale } from "@/lib/preferences";
import { useForm } from "@/lib/use-form";
import { useLocale, useText } from "@/text/client";
import { TextField } from "@/ui/field";
import { FormError, PasswordField, SubmitButton } from "@/ui/form";
import { SecondStepForm } from "./second-step-form";

// The doors: sign in, register, confirm, forgot, reset. Each sends one request and says what happened.

export function SignInForm({ next }: { next: string }) {
  const t = useText(), router = useRouter();
  const [isSecondStep, setSecondStep] = useState(false);
  const enter = ({ locale }: Account) => { rememberLocale(locale); router.push(next); router.refresh(); };
  const form = useForm({
    send: async ({ login = "", password = "" }): Promise<CallResult<Account | null>> => {
      const answer = await api("post", "/api/v1/sessions", { body: { login: login.trim(), password } });
      return answer.ok || answer.error.reason !== "identity.second_step" ? answer : { ok: true, data: null };
    },
    onDone: (account) => { if (account) enter(account); else setSecondStep(true); },
  });
  if (isSecondStep) return <SecondStepForm onDone={enter} onBack={() => setSecondStep(false)} />;
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <TextField name="login" label={t("auth.login")} error={form.fieldErrors.login} autoComplete="username" autoCapitalize="none" spellCheck={false} required maxLength={254} autoFocus />
      <PasswordField name="password" label={t("auth.password")} error={form.fieldErrors.password} autoComplete="current-password" />
      <SubmitButton isPending={form.isPending}>{t("auth.signin")}</SubmitButton>
      <Links>
        <Link href="/forgot" prefetch={false} className="link">{t("auth.forgot")}</Link>
        <span>{t("auth.no_account")} <Link href="/register" prefetch={false} className="link">{t("auth.signup")}</Link></span>
      </Links>
    </form>
  );
}

export function RegisterForm() {
  const t = useText(), locale = useLocale();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm({
    send: ({ username = "", email = "", password = "", display_name = "" }) => {
      const name = display_name.trim();
      return api("post", "/api/v1/accounts", { body: { username, email: email.trim(), password, locale, ...(name ? { display_name: name } : {}) } });
    },
    onDone: (_, element) => setSentTo(String(new FormData(element).get("email"))),
  });
  if (sentTo) return <LetterSent text={t("auth.check_mail_text", { email: sentTo })} />;
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <TextField name="username" label={t("auth.username")} hint={t("auth.username_hint")} error={form.fieldErrors.username} autoComplete="username" autoCapitalize="none" spellCheck={false}
        required minLength={3} maxLength={25} pattern="[a-z0-9_]+" autoFocus />
      <TextField name="email" type="email" label={t("auth.email")} error={form.fieldErrors.email} autoComplete="email" required maxLength={254} />
      <TextField name="display_name" label={t("auth.display_name")} note={t("form.optional")} error={form.fieldErrors.display_name} autoComplete="nickname" maxLength={50} />
      <PasswordField name="password" label={t("auth.password")} hint={t("auth.password_hint")} error={form.fieldErrors.password} autoComplete="new-password" />
      <SubmitButton isPending={form.isPending}>{t("auth.signup")}</SubmitButton>
      <Links><span>{t("auth.have_account")} <Link href="/sign-in" prefetch={false} className="link">{t("auth.signin")}</Link></span></Links>
    </form>
  );
}

// A press, not a visit, opens the account: mail scanners visit links too.
export function ConfirmForm({ token }: { token: string }) {
  const t = useText(), router = useRouter();
  const form = useForm({
    send: () => api("post", "/api/v1/accounts/confirm", { body: { token } }),
    onDone: () => { router.push("/"); router.refresh(); },
  });
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <SubmitButton isPending={form.isPending}>{t("auth.confirm_action")}</SubmitButton>
    </form>
  );
}

export function ForgotForm() {
  const t = useText();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const form = useForm({
    send: ({ email = "" }) => api("post", "/api/v1/password/forgot", { body: { email: email.trim() } }),
    onDone: (_, element) => setSentTo(String(new FormData(element).get("email"))),
  });
  if (sentTo) return <LetterSent text={t("auth.check_mail_maybe", { email: sentTo })} />;
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <TextField name="email" type="email" label={t("auth.email")} error={form.fieldErrors.email} autoComplete="email" required maxLength={254} autoFocus />
      <SubmitButton isPending={form.isPending}>{t("auth.forgot_action")}</SubmitButton>
    </form>
  );
}

export function ResetForm({ token }: { token: string }) {
  const t = useText();
  const [isDone, setDone] = useState(false);
  const form = useForm({
    send: ({ password = "" }) => api("post", "/api/v1/password/reset", { body: { token, password } }),
    onDone: () => setDone(true),
  });
  if (isDone) {
    return (
      <div role="status" className="grid gap-5">
        <p><b className="block text-lg">{t("auth.reset_done")}</b>{t("auth.reset_done_text")}</p>
        <Link href="/sign-in" prefetch={false} className="button button-primary">{t("auth.signin")}</Link>
      </div>
    );
  }
  return (
    <form onSubmit={form.onSubmit} noValidate className="grid gap-5">
      <FormError {...form} />
      <PasswordField name="password" label={t("auth.new_password")} hint={t("auth.password_hint")} error={form.fieldErrors.password} autoComplete="new-password" />
      <SubmitButton isPending={form.isPending}>{t("auth.reset_action")}</SubmitButton>
    </form>
  );
}

function LetterSent({ text }: { text: string }) {
  const t = useText();
  return (
    <div role="status">
      <p className="pb-2 text-lg font-bold">{t("auth.check_mail")}</p>
      <p className="break-words">{text}</p>
      <p className="pt-3 text-sm text-muted">{t("auth.check_mail_late")}</p>
    </div>
  );
}

function Links({ children }: { children: ReactNode }) {
  return <p className="flex flex-wrap justify-between gap-x-4 gap-y-2 text-[0.9375rem]">{children}</p>;
}
