"use client";

import Link from "next/link";
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode } from "react";
import { Icon, type IconName } from "./icon";
import { useHydrated } from "./use-hydrated";

// Things to press. A Button does something here, a ButtonLink goes somewhere; both look the same.
type Variant = "primary" | "sun" | "quiet" | "danger" | "plain";
type Look = { variant?: Variant; size?: "normal" | "small"; icon?: IconName; className?: string; children?: ReactNode };

function look({ variant = "quiet", size = "normal", className = "" }: Look): string {
  return `button button-${variant} ${size === "small" ? "button-small" : ""} ${className}`;
}

// While pending it keeps its size and its focus, and presses do nothing. Before script listens it is disabled, and looks
// as it will.
type ButtonProps = Look & { isPending?: boolean } & ButtonHTMLAttributes<HTMLButtonElement>;

export function Button({ variant, size, icon, isPending = false, className, children, disabled, onClick, ...button }: ButtonProps) {
  const isHydrated = useHydrated();
  return (
    <button type="button" {...button} disabled={disabled || !isHydrated} aria-busy={isPending || undefined}
      className={`${look({ variant, size, className })} ${isHydrated ? "" : "disabled:opacity-100"}`}
      aria-disabled={isPending || undefined} onClick={isPending ? (event) => event.preventDefault() : onClick}>
      {icon && <Icon name={icon} />}{children}
    </button>
  );
}

type LinkProps = Look & { href: string } & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "href">;

export function ButtonLink({ href, variant, size, icon, className, children, ...link }: LinkProps) {
  return <Link prefetch={false} href={href} {...link} className={look({ variant, size, className })}>{icon && <Icon name={icon} />}{children}</Link>;
}

// A picture alone: its label is its name for everyone who does not see it, and its tip for who does
// (title={undefined} inside a Tooltip).
type IconButtonProps = { icon: IconName; label: string } & Omit<ButtonHTMLAttributes<HTMLButtonElement>, "aria-label">;

export function IconButton({ icon, label, className = "", disabled, ...button }: IconButtonProps) {
  const isHydrated = useHydrated();
  return <button type="button" title={label} {...button} disabled={disabled || !isHydrated} className={`icon-button ${className} ${isHydrated ? "" : "disabled:opacity-100"}`} aria-label={label}><Icon name={icon} /></button>;
}
