// Which key means what. Pure, so that the table in the help and the handler cannot drift apart.
export type Command =
  | "toggle_play" | "toggle_mute" | "volume_up" | "volume_down" | "seek_back" | "seek_forward" | "seek_back_far"
  | "seek_forward_far" | "to_live" | "fullscreen" | "theatre" | "pip" | "captions" | "stats" | "help";

type Pressed = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "altKey" | "metaKey">;

const SINGLE_KEYS: Readonly<Record<string, Command>> = {
  k: "toggle_play", m: "toggle_mute", f: "fullscreen", t: "theatre", i: "pip", c: "captions", j: "seek_back_far", l: "seek_forward_far", "?": "help",
};
const NAMED_KEYS: Readonly<Record<string, Command>> = {
  " ": "toggle_play", ArrowUp: "volume_up", ArrowDown: "volume_down", ArrowLeft: "seek_back", ArrowRight: "seek_forward", End: "to_live",
};

// Letters can be switched off (WCAG 2.1.4); named keys then work only while the player itself has the focus.
export function commandFor(pressed: Pressed, options: { singleKeys: boolean; isInPlayer: boolean }): Command | null {
  if (pressed.ctrlKey || pressed.altKey || pressed.metaKey) return null;
  if (pressed.shiftKey && pressed.key.toLowerCase() === "s") return options.singleKeys ? "stats" : null;
  const named = NAMED_KEYS[pressed.key];
  if (named) return options.isInPlayer || (options.singleKeys && named === "toggle_play") ? named : null;
  if (!options.singleKeys || (pressed.shiftKey && pressed.key !== "?")) return null;
  return SINGLE_KEYS[pressed.key.toLowerCase()] ?? null;
}

// Where keys belong to something else.
export const KEYS_TAKEN = 'input, textarea, select, [contenteditable="true"], [role^="menuitem"], [role="timer"], dialog, [popover]';
// A focused button answers Space and Enter itself.
export const PRESSABLE = "button, a, summary";

export const SHORTCUT_HELP = [
  { keys: ["player.key_space", "K"], says: "player.key_play" },
  { keys: ["←", "→"], says: "player.key_seek" },
  { keys: ["J", "L"], says: "player.key_seek_far" },
  { keys: ["↑", "↓"], says: "player.key_volume" },
  { keys: ["M"], says: "player.key_mute" },
  { keys: ["F"], says: "player.fullscreen" },
  { keys: ["T"], says: "player.theatre" },
  { keys: ["I"], says: "player.pip" },
  { keys: ["C"], says: "player.key_captions" },
  { keys: ["player.key_end"], says: "live.backtolive" },
  { keys: ["Shift + S"], says: "player.stats" },
  { keys: ["/"], says: "player.key_search" },
  { keys: ["?"], says: "player.key_help" },
] as const;
