"use client";

import { use, type ReactNode } from "react";
import { loadSubjects, type Messages, type Subject } from "./catalogue";
import { TextProvider, useLocale } from "./client";

const known = new Map<string, Promise<Messages>>();

// What is loaded late brings its words along, instead of every page that may ask for it; the nearest Suspense waits.
export function LateWords({ subjects, children }: { subjects: readonly Subject[]; children: ReactNode }) {
  const locale = useLocale(), name = [locale, ...subjects].join(" ");
  let loading = known.get(name);
  if (!loading) {
    loading = loadSubjects(locale, subjects);
    loading.catch(() => known.delete(name));   // The next one asks again.
    known.set(name, loading);
  }
  return <TextProvider locale={locale} messages={use(loading)}>{children}</TextProvider>;
}
