"use client";

import { createContext, useContext, useMemo, type ReactNode } from "react";
import type { Locale } from "@/lib/locale";
import type { Key, Messages } from "./catalogue";
import { format, type Values } from "./format";

type Text = { locale: Locale; messages: Messages };
const TextContext = createContext<Text>({ locale: "pt-PT", messages: {} });

// Nested providers add to what the outer ones brought.
export function TextProvider({ locale, messages, children }: Text & { children: ReactNode }) {
  const outer = useContext(TextContext);
  const merged = useMemo(
    () => ({ locale, messages: { ...outer.messages, ...messages } }), [locale, messages, outer.messages]);
  return <TextContext value={merged}>{children}</TextContext>;
}

export function useLocale(): Locale {
  return useContext(TextContext).locale;
}

export function useText(): (key: Key, values?: Values) => string {
  const { locale, messages } = useContext(TextContext);
  return useMemo(() => (key, values) => format(locale, messages[key] ?? key, values), [locale, messages]);
}
