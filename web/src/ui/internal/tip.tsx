"use client";

import { Tooltip } from "@base-ui/react/tooltip";

export default function Tip({ text, anchor, onStay }: { text: string; anchor: Element | null; onStay: () => void }) {
  return (
    <Tooltip.Root open>
      <Tooltip.Portal container={anchor?.closest<HTMLElement>("dialog") ?? undefined}>
        <Tooltip.Positioner anchor={anchor} side="top" sideOffset={6} collisionPadding={8} className="z-40">
          <Tooltip.Popup className="tip" aria-hidden="true" onPointerOver={(event) => { event.stopPropagation(); onStay(); }}>{text}</Tooltip.Popup>
        </Tooltip.Positioner>
      </Tooltip.Portal>
    </Tooltip.Root>
  );
}
