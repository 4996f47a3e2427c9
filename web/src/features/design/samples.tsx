"use client";

import { useState } from "react";
import { Button, IconButton } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { TextField } from "@/ui/field";
import { Menu, type MenuItem } from "@/ui/menu";
import { Tabs } from "@/ui/tabs";
import { showToast } from "@/ui/toast";
import { Tooltip } from "@/ui/tooltip";

export function DialogSample() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>Open a dialog</Button>
      {isOpen && (
        <Dialog title="A dialog" size="small" onClose={() => setOpen(false)} footer={<Button variant="primary" onClick={() => setOpen(false)}>Done</Button>}>
          <div className="grid gap-4"><p>It holds the focus until it closes.</p><TextField name="design-dialog" label="Name" /><MenuSample /></div>
        </Dialog>
      )}
    </>
  );
}

export function PendingSample({ variant }: { variant: "primary" | "sun" | "quiet" | "danger" | "plain" }) {
  return <Button variant={variant} isPending>A seguir…</Button>;
}

export function MenuSample() {
  const [quality, setQuality] = useState("auto");
  const [isChecked, setChecked] = useState(true);
  const items: MenuItem[] = [
    { label: "Edit", icon: "gear", onPress: () => showToast({ text: "Edit" }) },
    { label: "Home", icon: "eye", href: "/" },
    { label: "Not now", icon: "clock", isDisabled: true, onPress: () => {} },
    "line",
    { label: "Notify me", isChecked, onPress: () => setChecked(!isChecked) },
    { label: "Quality", choices: [{ value: "auto", label: "Auto" }, { value: "720p", label: "720p" }], chosen: quality, onChoose: setQuality },
    "line",
    { label: "Delete", icon: "close", isDanger: true, onPress: () => showToast({ text: "Deleted", tone: "bad" }) },
  ];
  return <Menu button="Open a menu" items={items} align="start" />;
}

export function TabsSample() {
  return (
    <div><Tabs label="A sample" tabs={[{ id: "one", label: "One", panel: <p>The first panel</p> }, { id: "two", label: "Two", panel: <p>The second panel</p> }, { id: "three", label: "Three", panel: <p>The third panel</p> }]} /></div>
  );
}

export function ToastSample() {
  return (
    <>
      <Button onClick={() => showToast({ text: "Copied" })}>Plain</Button>
      <Button onClick={() => showToast({ text: "Saved", tone: "good" })}>Good</Button>
      <Button onClick={() => showToast({ text: "It could not be saved", tone: "bad", action: { label: "Again", onPress: () => showToast({ text: "Saved", tone: "good" }) } })}>Bad, with an action</Button>
    </>
  );
}

export function TooltipSample() {
  return <Tooltip text="Picture-in-picture"><IconButton icon="pip" label="Picture-in-picture" title={undefined} /></Tooltip>;
}
