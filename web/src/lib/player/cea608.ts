// Captions of CEA-608-E, service CC1: byte pairs with their time in, screens of text out. Clauses are of that document.
// Colours and columns are left out: what is read is the words, and whether they stand at the top or at the bottom.

export type CaptionScreen = { lines: readonly string[]; isTop: boolean };
// `isGrowing`: letters were added to what is there already; else the screen is a new one.
export type ScreenListener = (screen: CaptionScreen, at_s: number, isGrowing: boolean) => void;

const ROWS = 15, COLUMNS = 32, TOP_ROWS = 7;
// Table 53, by the first byte; the second's bit 0x20 takes the latter.
const PAC_ROWS: Readonly<Record<number, readonly [number, number]>> = {
  0x11: [1, 2], 0x12: [3, 4], 0x15: [5, 6], 0x16: [7, 8], 0x17: [9, 10], 0x10: [11, 11], 0x13: [12, 13], 0x14: [14, 15],
};
// Tables 49 to 52. A gap in the first is ASCII; an extended letter replaces the plain one that was sent before it.
const BASIC: Readonly<Record<number, string>> = { 0x27: "’", 0x2a: "á", 0x5c: "é", 0x5e: "í", 0x5f: "ó", 0x60: "ú", 0x7b: "ç", 0x7c: "÷", 0x7d: "Ñ", 0x7e: "ñ", 0x7f: "█" };
const SPECIAL = "®°½¿™¢£♪à èâêîôû";
const EXTENDED: Readonly<Record<number, string>> = { 0x12: "ÁÉÓÚÜü‘¡*'—©℠•“”ÀÂÇÈÊËëÎÏïÔÙùÛ«»", 0x13: "ÃãÍÌìÒòÕõ{}\\^_|~ÄäÖöß¥¤¦ÅåØø┌┐└┘" };

type Style = "pop_on" | "roll_up" | "paint_on";

class Page {
  private rows = new Map<number, string[]>();

  put(row: number, column: number, letter: string): void {
    const letters = this.rows.get(row) ?? [];
    while (letters.length < column) letters.push(" ");
    letters[column] = letter;
    this.rows.set(row, letters);
  }

  eraseFrom(row: number, column: number): void { this.rows.get(row)?.splice(column); }
  clear(): void { this.rows.clear(); }

  // Everything goes up; what leaves the window of `depth` rows above `base` is gone.
  roll(base: number, depth: number): void {
    this.rows = new Map([...this.rows].map(([row, letters]) => [row - 1, letters] as const).filter(([row]) => row > base - depth && row < base));
  }

  moveBy(rows: number): void { this.rows = new Map([...this.rows].map(([row, letters]) => [row + rows, letters])); }

  get screen(): CaptionScreen {
    const rows = [...this.rows].sort(([a], [b]) => a - b).map(([row, letters]) => ({ row, text: letters.join("").trim() })).filter(({ text }) => text !== "");
    return { lines: rows.map(({ text }) => text), isTop: rows.length > 0 && rows.every(({ row }) => row <= TOP_ROWS) };
  }
}

export class Cea608 {
  private shown = new Page();
  private hidden = new Page();
  private style: Style | null = null;       // Null: text mode, or nothing was said yet.
  private depth = 2;
  private row = ROWS;
  private column = 0;
  private isOurs = true;                    // CC1; the other service of the field is CC2.
  private control = -1;                     // Control codes come twice.

  constructor(private readonly onScreen: ScreenListener) {}

  take(first: number, second: number, at_s: number): void {
    const a = first & 0x7f, b = second & 0x7f;
    if (a === 0 && b === 0) return;
    if (a >= 0x10 && a <= 0x1f) return this.controlled(a, b, at_s);
    this.control = -1;
    if (a < 0x10 || !this.isOurs || !this.style) return;
    this.write(letterOf(a));
    if (b >= 0x20) this.write(letterOf(b));
    this.grew(at_s);
  }

  private controlled(a: number, b: number, at_s: number): void {
    const code = a << 8 | b;
    if (code === this.control) { this.control = -1; return; }
    this.control = code;
    this.isOurs = (a & 0x08) === 0;
    if (!this.isOurs) return;
    if (b >= 0x40) return this.address(a, b, at_s);
    if (a === 0x14 && b >= 0x20 && b <= 0x2f) return this.command(b, at_s);
    if (!this.style) return;
    if (a === 0x17 && b >= 0x21 && b <= 0x23) { this.column = Math.min(COLUMNS - 1, this.column + b - 0x20); return; }
    if (a === 0x11 && b >= 0x20 && b <= 0x2f) this.write(" ");            // A change of colour takes a place.
    else if (a === 0x11 && b >= 0x30) this.write(SPECIAL[b - 0x30] ?? " ");
    else if (EXTENDED[a]?.[b - 0x20]) { this.back(); this.write(EXTENDED[a][b - 0x20] ?? " "); }
    else return;
    this.grew(at_s);
  }

  // 7.1, preamble address codes: where the next letter goes.
  private address(a: number, b: number, at_s: number): void {
    const row = PAC_ROWS[a]?.[(b & 0x20) === 0 ? 0 : 1] ?? ROWS;
    if (this.style === "roll_up" && row !== this.row) {
      this.shown.moveBy(row - this.row);
      this.row = row;
      this.grew(at_s);
    }
    this.row = row;
    this.column = (b & 0x10) === 0 ? 0 : (b & 0x0e) * 2;
  }

  // Table 4, miscellaneous control codes.
  private command(b: number, at_s: number): void {
    switch (b) {
      case 0x20: this.style = "pop_on"; return;
      case 0x21: this.back(); this.page.eraseFrom(this.row, this.column); return this.grew(at_s);
      case 0x24: this.page.eraseFrom(this.row, this.column); return this.grew(at_s);
      case 0x25: case 0x26: case 0x27: return this.beginRolling(b - 0x23, at_s);
      case 0x29: this.style = "paint_on"; return;
      case 0x2a: case 0x2b: this.style = null; return;
      case 0x2c: this.shown.clear(); return this.changed(at_s);
      case 0x2d: return this.carriageReturn(at_s);
      case 0x2e: this.hidden.clear(); return;
      case 0x2f: [this.shown, this.hidden] = [this.hidden, this.shown]; this.style = "pop_on"; return this.changed(at_s);
    }
  }

  private beginRolling(depth: number, at_s: number): void {
    this.depth = depth;
    if (this.style === "roll_up") return;
    const hadText = this.shown.screen.lines.length > 0;
    this.style = "roll_up";
    this.shown.clear();
    this.hidden.clear();
    this.row = ROWS;
    this.column = 0;
    if (hadText) this.changed(at_s);
  }

  private carriageReturn(at_s: number): void {
    if (this.style !== "roll_up") return;
    this.shown.roll(this.row, this.depth);
    this.column = 0;
    this.changed(at_s);
  }

  private get page(): Page { return this.style === "pop_on" ? this.hidden : this.shown; }

  private write(letter: string): void {
    this.page.put(this.row, this.column, letter);
    this.column = Math.min(COLUMNS - 1, this.column + 1);
  }

  private back(): void { this.column = Math.max(0, this.column - 1); }
  private grew(at_s: number): void { if (this.style !== "pop_on") this.onScreen(this.shown.screen, at_s, true); }
  private changed(at_s: number): void { this.onScreen(this.shown.screen, at_s, false); }
}

function letterOf(byte: number): string { return BASIC[byte] ?? String.fromCharCode(byte); }
