"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { api } from "@/lib/api/browser";
import { Icon } from "@/ui/icon";

export function SignOutItem({ label }: { label: string }) {
  const router = useRouter();
  const [isPending, setPending] = useState(false);
  const signOut = async () => {
    setPending(true);
    const done = await api("delete", "/api/v1/sessions/current");
    setPending(false);
    if (done.ok || done.error.status === 401) {
      document.getElementById("site-menu")?.hidePopover();
      router.push("/");
      router.refresh();
    }
  };
  return <button type="button" className="menu-item" disabled={isPending} onClick={signOut}><Icon name="close" />{label}</button>;
}
