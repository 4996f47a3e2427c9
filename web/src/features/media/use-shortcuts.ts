import { useEffect, useState, type RefObject } from "react";
import { commandFor, KEYS_TAKEN, PRESSABLE, type Command } from "@/lib/player/shortcuts";
import { hasSingleKeys, keepSingleKeys } from "@/lib/player/single-keys";

export function useShortcuts(box: RefObject<HTMLDivElement | null>, run: (command: Command) => void, wake: () => void) {
  const [singleKeys, setSingleKeys] = useState(hasSingleKeys);

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.defaultPrevented || target.closest(KEYS_TAKEN)) return;
      if ((event.key === " " || event.key === "Enter") && target.closest(PRESSABLE)) return;
      const command = commandFor(event, { singleKeys, isInPlayer: box.current?.contains(target) ?? false });
      if (!command) return;
      event.preventDefault();
      wake();
      run(command);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [box, run, singleKeys, wake]);

  const choose = (isOn: boolean) => {
    setSingleKeys(isOn);
    keepSingleKeys(isOn);
  };
  return [singleKeys, choose] as const;
}
