import { join } from "node:path";
import sharp, { type OverlayOptions, type Sharp } from "sharp";

// The picture of a link, 1200x630. libvips lays text out with Pango and HarfBuzz, so any script a title is written in is
// shaped rightly, with the machine's fonts behind our two and a box where none has the letter. (Next's own next/og asks
// two servers of others for letters it lacks, and writes PNG, in which a frame of video weighs a megabyte.)

export type Drawing = {
  badge: string | null;      // "EM DIRETO"
  title: string;
  name: string | null;       // Null: a place, which has no face.
  glaze?: number;            // Of the wall, where there is no picture.
  detail: string;            // Category, or address.
  times: string | null;
  picture: Buffer | null;
  avatar: Buffer | null;
};

export const WIDTH = 1200, HEIGHT = 630;
export const CARD_BYTES_MAX = 300_000;   // WhatsApp shows nothing of heavier ones.
const PICTURE_PIXELS_MAX = 4096 * 4096;
const QUALITIES = [84, 72, 58, 40];
const EDGE = 56, AVATAR = 104, TITLE_WIDTH = WIDTH - 2 * EDGE;
const TITLE_SIZES = [66, 54], TITLE_LINES = 2, SMALL = 30;
const GLAZES = ["#1c3fae", "#15318b", "#8c3a09", "#0d5c4b"] as const;   // tokens.css, as grounds of white words.
const CHARACTERS_MAX = 140;              // More never fits two lines.
const FONTS = join(process.cwd(), "src/ui/fonts/card");
const GABARITO = { name: "Gabarito", file: join(FONTS, "gabarito-700.ttf") };
const EMOJI = { name: "Noto Emoji", file: join(FONTS, "noto-emoji-700.ttf") };

export async function drawCard(drawing: Drawing): Promise<Buffer> {
  const layers: OverlayOptions[] = [{ input: Buffer.from(shade(drawing.picture !== null)), left: 0, top: 0 }];
  layers.push(...await brand());
  if (drawing.badge) layers.push(...await badge(drawing.badge));

  const foot = HEIGHT - 62;
  const { name } = drawing;
  layers.push(...await (name === null ? caption(drawing.detail, foot) : person({ ...drawing, name }, foot)));
  const title = await titleOf(drawing.title);
  layers.push({ input: title.data, left: EDGE, top: Math.max(120, foot - (name === null ? SMALL * 2 : AVATAR + 30) - title.height) });

  const base = (await backdrop(drawing.picture, drawing.glaze)).composite(layers);
  const pixels = await base.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  for (const quality of QUALITIES) {
    const card = await sharp(pixels.data, { raw: pixels.info }).jpeg({ quality, mozjpeg: true }).toBuffer();
    if (card.length <= CARD_BYTES_MAX || quality === QUALITIES.at(-1)) return card;
  }
  throw new Error("unreachable");
}

async function backdrop(picture: Buffer | null, glaze = 0): Promise<Sharp> {
  const wall = () => sharp(Buffer.from(AZULEJOS.replaceAll(GLAZES[0], GLAZES[glaze] ?? GLAZES[0])));
  if (!picture) return wall();
  try {
    const fitted = await sharp(picture, { limitInputPixels: PICTURE_PIXELS_MAX, failOn: "error" }).resize(WIDTH, HEIGHT, { fit: "cover" }).removeAlpha().png({ compressionLevel: 1 }).toBuffer();
    return sharp(fitted);
  } catch {
    return wall();   // A picture that cannot be read is no picture.
  }
}

async function brand(): Promise<OverlayOptions[]> {
  const name = await text("LusoTown", 40);
  const left = WIDTH - EDGE - name.width;
  return [
    { input: Buffer.from(MARK), left: left - 68, top: 46 },
    { input: name.data, left, top: 46 + Math.round((54 - name.height) / 2) },
  ];
}

async function badge(words: string): Promise<OverlayOptions[]> {
  const said = await text(words, 32);
  const width = said.width + 78, height = 58;
  const pill = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="${width}" height="${height}" rx="14" fill="#c4281c"/><circle cx="31" cy="29" r="9" fill="#f4b223"/></svg>`;
  return [
    { input: Buffer.from(pill), left: EDGE, top: 44 },
    { input: said.data, left: EDGE + 54, top: 44 + Math.round((height - said.height) / 2) },
  ];
}

async function caption(detail: string, foot: number): Promise<OverlayOptions[]> {
  const said = await fitted(detail, SMALL, TITLE_WIDTH, "#e5ebfb");
  return [{ input: said.data, left: EDGE, top: foot - said.height }];
}

async function person({ name, detail, times, avatar }: Drawing & { name: string }, foot: number): Promise<OverlayOptions[]> {
  const top = foot - AVATAR, left = EDGE + AVATAR + 26;
  const room = WIDTH - EDGE - left;
  const hours = times ? await text(times, SMALL, { color: "#f4b223" }) : null;
  const called = await fitted(name, 44, room);
  const about = detail ? await fitted(detail, SMALL, room - (hours ? hours.width + 40 : 0), "#e5ebfb") : null;
  const layers: OverlayOptions[] = [
    { input: await portrait(avatar, name), left: EDGE, top },
    { input: called.data, left, top: about ? top + 12 : top + Math.round((AVATAR - called.height) / 2) },
  ];
  if (about) layers.push({ input: about.data, left, top: top + AVATAR - 14 - about.height });
  if (hours) layers.push({ input: hours.data, left: WIDTH - EDGE - hours.width, top: top + AVATAR - 14 - hours.height });
  return layers;
}

async function portrait(avatar: Buffer | null, name: string): Promise<Buffer> {
  const round = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${AVATAR}" height="${AVATAR}"><circle cx="52" cy="52" r="52" fill="#fff"/></svg>`);
  const ring = Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="${AVATAR}" height="${AVATAR}"><circle cx="52" cy="52" r="50" fill="none" stroke="#fffdf9" stroke-width="4"/></svg>`);
  const face = avatar ? await sharp(avatar, { limitInputPixels: PICTURE_PIXELS_MAX, failOn: "error" }).resize(AVATAR, AVATAR, { fit: "cover" }).toBuffer().catch(() => null) : null;
  if (face) return sharp(face).ensureAlpha().composite([{ input: round, blend: "dest-in" }, { input: ring }]).png().toBuffer();
  const initial = await text([...letters(name)][0]?.toLocaleUpperCase("pt") ?? "L", 56, { color: "#1c3fae" });
  return sharp({ create: { width: AVATAR, height: AVATAR, channels: 4, background: "#f1eadc" } })
    .composite([{ input: initial.data, left: Math.max(0, Math.round((AVATAR - initial.width) / 2)), top: Math.max(0, Math.round((AVATAR - initial.height) / 2)) },
      { input: round, blend: "dest-in" }, { input: ring }]).png().toBuffer();
}

type Text = { data: Buffer; width: number; height: number };

// The largest size at which two lines hold it; at the smallest, what two lines hold.
async function titleOf(title: string): Promise<Text> {
  const shown = [...letters(title)].slice(0, CHARACTERS_MAX);
  for (const size of TITLE_SIZES) {
    const whole = await text(shown.join(""), size, { width: TITLE_WIDTH });
    if (fits(whole, size)) return whole;
  }
  const size = TITLE_SIZES.at(-1) as number;
  return shortened(shown, (words) => text(words, size, { width: TITLE_WIDTH }), (drawn) => fits(drawn, size));
}

async function fitted(line: string, size: number, room: number, color?: string): Promise<Text> {
  const shown = [...letters(line)].slice(0, CHARACTERS_MAX);
  return shortened(shown, (words) => text(words, size, { color }), ({ width }) => width <= room);
}

// As much of it as fits, found by halving.
async function shortened(shown: string[], draw: (words: string) => Promise<Text>, isGood: (drawn: Text) => boolean): Promise<Text> {
  let best = await draw(shown.join(""));
  if (isGood(best)) return best;
  let low = 1, high = shown.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const drawn = await draw(`${shown.slice(0, middle).join("").trimEnd()}…`);
    if (isGood(drawn)) { best = drawn; low = middle + 1; } else high = middle - 1;
  }
  return best;
}

function fits(drawn: Text, size: number): boolean {
  return drawn.height <= size * 1.36 * TITLE_LINES && drawn.width <= TITLE_WIDTH;
}

async function text(words: string, size: number, { color = "#fffdf9", width }: { color?: string; width?: number } = {}): Promise<Text> {
  await fontsLoaded();
  const markup = `<span foreground="${color}">${words.replace(/[&<>]/g, (c) => `&#${c.charCodeAt(0)};`)}</span>`;
  const { data, info } = await sharp({ text: {
    text: markup, font: `${GABARITO.name}, ${EMOJI.name}, Bold ${size}`, rgba: true, dpi: 72, spacing: Math.round(size * 0.12),
    ...(width ? { width, wrap: "word-char" as const } : {}),
  } }).png({ compressionLevel: 1 }).toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

// Pango keeps a font it was shown once.
let loading: Promise<unknown> | undefined;
function fontsLoaded(): Promise<unknown> {
  return loading ??= Promise.all([GABARITO, EMOJI].map(({ name, file }) =>
    sharp({ text: { text: "L", font: `${name} Bold 10`, fontfile: file } }).png().toBuffer()));
}

// What a reader calls letters; without what has no shape, or moves the rest about: controls, bidirectional overrides.
function* letters(line: string): Generator<string> {
  const clean = line.replace(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, " ").replace(/\p{Cs}/gu, "").replace(/\s+/gu, " ").trim();
  for (const { segment } of new Intl.Segmenter("pt", { granularity: "grapheme" }).segment(clean)) {
    yield [...segment].slice(0, 8).join("");   // A letter under a tower of marks keeps its lowest floors.
  }
}

function shade(isOverPicture: boolean): string {
  const dark = isOverPicture
    ? `<stop offset="0" stop-color="#0a1022" stop-opacity="0.62"/><stop offset="0.3" stop-color="#0a1022" stop-opacity="0.12"/>
       <stop offset="0.55" stop-color="#0a1022" stop-opacity="0.55"/><stop offset="1" stop-color="#0a1022" stop-opacity="0.94"/>`
    : `<stop offset="0" stop-color="#15318b" stop-opacity="0.55"/><stop offset="1" stop-color="#0a1022" stop-opacity="0.72"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><defs>
    <linearGradient id="g" x1="0" y1="0" x2="0" y2="1">${dark}</linearGradient></defs>
    <rect width="${WIDTH}" height="${HEIGHT}" fill="url(#g)"/><rect y="${HEIGHT - 12}" width="${WIDTH}" height="12" fill="#f4b223"/></svg>`;
}

const MARK = `<svg xmlns="http://www.w3.org/2000/svg" width="54" height="54" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#1c3fae"/>
  <circle cx="22" cy="9.8" r="4.3" fill="#f4b223"/><g fill="none" stroke="#fffdf9" stroke-width="3.1"><path d="M2 18.4q4.7-5.6 9.3 0t9.3 0 9.4 0"/>
  <path d="M2 25.2q4.7-5.6 9.3 0t9.3 0 9.4 0"/></g></svg>`;

// A wall of tiles: each a quarter flower, turned to meet its neighbours.
const AZULEJOS = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><defs>
  <g id="q"><path d="M75 75Q78 30 131 19 120 72 75 75z" fill="#fffdf9" opacity="0.34"/><path d="M75 64Q62 40 75 15q13 25 0 49z" fill="#f4b223" opacity="0.5"/>
  <path d="M0 34A34 34 0 0 0 34 0" fill="none" stroke="#fffdf9" stroke-opacity="0.34" stroke-width="8"/></g>
  <pattern id="t" width="150" height="150" patternUnits="userSpaceOnUse" patternTransform="translate(0 15)"><rect width="150" height="150" fill="#1c3fae"/>
  <use href="#q"/><use href="#q" transform="rotate(90 75 75)"/><use href="#q" transform="rotate(180 75 75)"/><use href="#q" transform="rotate(270 75 75)"/>
  <rect width="150" height="150" fill="none" stroke="#0a1022" stroke-opacity="0.25"/></pattern></defs>
  <rect width="${WIDTH}" height="${HEIGHT}" fill="url(#t)"/></svg>`;
