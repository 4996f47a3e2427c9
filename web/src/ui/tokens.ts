// Which text stands on which ground: tokens.test.ts measures each pair in each theme, /design shows them.
export type Pair = { text: string; on: string };

const each = (texts: string, grounds: string): Pair[] =>
  texts.split(" ").flatMap((text) => grounds.split(" ").map((on) => ({ text, on })));

export const TEXT_PAIRS: readonly Pair[] = [
  ...each("ink muted cobalt good bad", "paper surface raised"),
  ...each("ink cobalt", "tint"),
  ...each("on-action", "action action-hover"),
  ...each("on-sun", "sun sun-hover"),
  ...each("on-live", "live"),
  ...each("on-wall", "wall"),
  ...each("on-floor", "floor"),
  ...each("on-room on-room-muted", "room room-raised"),
  ...[0, 1, 2, 3].map((glaze) => ({ text: `glaze-${glaze}-line`, on: `glaze-${glaze}` })),
];

// Shapes that carry meaning without being text: borders of controls, the ring of the focus.
export const SHAPE_PAIRS: readonly Pair[] = [...each("edge cobalt", "paper surface"), ...each("edge", "raised")];

export const COLOURS = [
  "paper", "surface", "raised", "tint", "line", "edge", "ink", "muted", "cobalt", "action", "action-hover", "sun", "sun-hover", "live", "good", "bad", "stone", "wall", "floor", "room",
] as const;
