"use client";

import { Menu } from "@base-ui/react/menu";
import Link from "next/link";
import type { RefObject } from "react";
import { Icon } from "../icon";
import type { MenuItem } from "../menu";

type Props = { trigger: RefObject<HTMLButtonElement | null>; items: readonly MenuItem[]; isOpen: boolean; onOpen: (isOpen: boolean) => void; align: "start" | "end" };

export default function MenuList({ trigger, items, isOpen, onOpen, align }: Props) {
  return (
    <Menu.Root open={isOpen} modal={false} onOpenChange={(next, { event }) => {
      // A press on the button is the button's to answer: it would close and open again.
      if (event.target instanceof Node && trigger.current?.contains(event.target)) return;
      onOpen(next);
    }}>
      {/* Where its button is: beside an open dialog all is inert, and outside the landmarks a reader would not look. */}
      <Menu.Portal container={trigger.current?.closest<HTMLElement>("dialog, main, header, footer") ?? undefined}>
        <Menu.Positioner anchor={trigger} align={align} sideOffset={6} collisionPadding={8} className="z-40">
          <Menu.Popup className="menu" finalFocus={trigger}>
            {items.map((item, order) => <Row key={item === "line" ? order : item.label} item={item} />)}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Row({ item }: { item: MenuItem }) {
  if (item === "line") return <Menu.Separator className="my-1.5 h-px bg-line" />;
  if ("choices" in item) {
    return (
      <Menu.RadioGroup value={item.chosen} onValueChange={(value: string) => item.onChoose(value)}>
        <Menu.GroupLabel className="px-3 pt-1.5 pb-1 text-sm text-muted">{item.label}</Menu.GroupLabel>
        {item.choices.map((choice) => (
          <Menu.RadioItem key={choice.value} value={choice.value} closeOnClick className="menu-item">
            <span className="size-5"><Menu.RadioItemIndicator><Icon name="check" /></Menu.RadioItemIndicator></span>{choice.label}
          </Menu.RadioItem>
        ))}
      </Menu.RadioGroup>
    );
  }
  if ("isChecked" in item) {
    return (
      <Menu.CheckboxItem checked={item.isChecked} onCheckedChange={item.onPress} className="menu-item">
        <span className="size-5"><Menu.CheckboxItemIndicator><Icon name="check" /></Menu.CheckboxItemIndicator></span>{item.label}
      </Menu.CheckboxItem>
    );
  }
  const words = <>{item.icon && <Icon name={item.icon} />}{item.label}</>;
  if ("href" in item) return <Menu.LinkItem closeOnClick className="menu-item" render={<Link href={item.href} prefetch={false} />}>{words}</Menu.LinkItem>;
  return <Menu.Item disabled={item.isDisabled} onClick={item.onPress} className={`menu-item ${item.isDanger ? "text-bad" : ""}`}>{words}</Menu.Item>;
}
