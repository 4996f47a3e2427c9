"use client";

import { useEffect, useRef } from "react";
import { SHORTCUT_HELP } from "@/lib/player/shortcuts";
import type { Key } from "@/text/catalogue";
import { useText } from "@/text/client";
import { Icon } from "@/ui/icon";

type Props = { singleKeys: boolean; onSingleKeys: (isOn: boolean) => void; onClose: () => void };

export default function ShortcutHelp({ singleKeys, onSingleKeys, onClose }: Props) {
  const t = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const keyName = (key: string) => (key.startsWith("player.") ? t(key as Key) : key);
  return (
    <dialog ref={dialog} className="dialog max-w-md" aria-labelledby="shortcut-help" onClose={onClose}>
      <div className="p-5">
        <div className="flex items-center justify-between gap-4 pb-3">
          <h2 id="shortcut-help" className="text-xl">{t("player.shortcuts")}</h2>
          <button type="button" className="icon-button" aria-label={t("site.close")} onClick={() => dialog.current?.close()}><Icon name="close" /></button>
        </div>
        <dl>
          {SHORTCUT_HELP.map(({ keys, says }) => (
            <div key={says} className="flex items-center justify-between gap-4 border-t border-line py-2">
              <dt>{t(says)}</dt>
              <dd className="flex gap-1.5">{keys.map((key) => <kbd key={key} className="key">{keyName(key)}</kbd>)}</dd>
            </div>
          ))}
        </dl>
        <label className="flex min-h-11 items-center gap-3 border-t border-line pt-3">
          <input type="checkbox" className="size-5" checked={singleKeys} onChange={(event) => onSingleKeys(event.target.checked)} />
          {t("player.shortcuts_on")}
        </label>
      </div>
    </dialog>
  );
}
