"use client";

import { showToast } from "@/ui/toast";

type Props = { copied: string; className?: string; children: React.ReactNode };

// Around a list rendered on the server: a press on a button with data-code copies that code. One listener for all.
export function CopyCodes({ copied, className, children }: Props) {
  const onClick = async (event: React.MouseEvent) => {
    const code = (event.target as Element).closest("button")?.dataset.code;
    if (!code) return;
    try {
      await navigator.clipboard.writeText(code);
      showToast({ text: `${copied} ${code}`, tone: "good" });
    } catch {
      getSelection()?.selectAllChildren((event.target as Element).closest("button")!);   // No clipboard here: at least it is selected.
    }
  };
  return <div className={className} onClick={onClick}>{children}</div>;
}
