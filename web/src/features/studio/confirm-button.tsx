"use client";

import { useState, type ReactNode } from "react";
import { useText } from "@/text/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import type { IconName } from "@/ui/icon";

// A button whose consequence is told before it is taken.
type Props = {
  label: string;
  name?: string;                     // What it is called aloud, where several say the same.
  title: string;
  text: ReactNode;
  keepLabel?: string;                // What leaves all as it is.
  confirmLabel?: string;             // What really does it; the button's own words when left out.
  variant?: "danger" | "quiet";
  icon?: IconName;
  isPending?: boolean;
  onConfirm: () => void;
};

export function ConfirmButton({ label, name, title, text, keepLabel, confirmLabel = label, variant = "danger", icon, isPending, onConfirm }: Props) {
  const t = useText();
  const [isAsking, setAsking] = useState(false);
  const close = () => setAsking(false);
  return (
    <>
      <Button variant={variant} size="small" icon={icon} isPending={isPending} className="min-h-11" aria-label={name} onClick={() => setAsking(true)}>{label}</Button>
      {isAsking && (
        <Dialog title={title} size="small" onClose={close} footer={<>
          <Button onClick={close}>{keepLabel ?? t("studio.cancel")}</Button>
          <Button variant={variant === "danger" ? "danger" : "primary"} onClick={() => { close(); onConfirm(); }}>{confirmLabel}</Button>
        </>}>
          <p>{text}</p>
        </Dialog>
      )}
    </>
  );
}
