import type { ReactNode } from "react";
import { Icon, type IconName } from "./icon";

// A word or two about the thing beside it. Colour never says it alone.
type Props = { tone?: "plain" | "info" | "good" | "bad" | "sun"; icon?: IconName; children: ReactNode; className?: string };

export function Badge({ tone = "plain", icon, children, className = "" }: Props) {
  return <span className={`badge badge-${tone} ${className}`}>{icon && <Icon name={icon} className="size-3.5" />}{children}</span>;
}

export function LiveBadge({ label, className = "" }: { label: string; className?: string }) {
  return <span className={`badge-live ${className}`}>{label}</span>;
}

// Over a picture, whatever it shows.
export function Pill({ icon, children, title, className = "" }: { icon?: IconName; children: ReactNode; title?: string; className?: string }) {
  return <span className={`pill ${className}`} title={title}>{icon && <Icon name={icon} className="size-3.5" />}{children}</span>;
}
