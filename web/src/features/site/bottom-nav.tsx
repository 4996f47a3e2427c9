"use client";

import Link from "next/link";
import { usePathname } from "next/navigation";
import { Icon, type IconName } from "@/ui/icon";

export type Place = { href: string; label: string; icon: IconName };

// The four places a thumb goes to, on a phone. It knows where it is, so it listens to the address.
export function BottomNav({ label, places }: { label: string; places: readonly Place[] }) {
  const pathname = usePathname();
  return (
    <nav aria-label={label} className="bottom-nav">
      <ul className="flex">
        {places.map(({ href, label: name, icon }) => (
          <li key={href} className="min-w-0 flex-1">
            <Link href={href} prefetch={false} className="bottom-nav-item" aria-current={pathname === href ? "page" : undefined}>
              <Icon name={icon} className="size-6" /><span className="max-w-full truncate">{name}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
