"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const EVERY_MS = 45_000;

// Who is on air changes by the minute: a page that is being looked at asks again, unless its reader saves data.
export function KeepFresh() {
  const router = useRouter();
  useEffect(() => {
    if ((navigator as Navigator & { connection?: { saveData?: boolean } }).connection?.saveData) return;
    const timer = setInterval(() => { if (!document.hidden) router.refresh(); }, EVERY_MS);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}
