"use client";

import { useState, type ReactNode } from "react";
import { useText } from "@/text/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import type { IconName } from "@/ui/icon";

// A button whose consequence is told before it is taken.
type Props = {
  label: string;
  title: string;
  text: ReactNode;
  confirmLabel?: string;             // What really does it; the button's own words when left out.
  variant?: "danger" | "quiet";
  icon?: IconName;
  isPending?: boolean;
  onConfirm: () => void;
};

export function ConfirmButton({ label, title, text, confirmLabel = label, variant = "danger", icon, isPending, onConfirm }: Props) {
  const t = useText();
  const [isAsking, setAsking] = useState(false);
  const close = () => setAsking(false);
  return (
    <>
      <Button variant={variant} size="small" icon={icon} isPending={isPending} className="min-h-11" onClick={() => setAsking(true)}>{label}</Button>
      {isAsking && (
        <Dialog title={title} size="small" onClose={close} footer={<>
          <Button onClick={close}>{t("studio.cancel")}</Button>
          <Button variant={variant === "danger" ? "danger" : "primary"} onClick={() => { close(); onConfirm(); }}>{confirmLabel}</Button>
        </>}>
          <p>{text}</p>
        </Dialog>
      )}
    </>
  );
}
