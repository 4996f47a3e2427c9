// Finished pictures by name, the least used one leaving first; one that is being drawn is drawn once for everybody who asks.
type Limits = {
  kept_max: number;      // Pictures kept.
  drawing_max: number;   // At work at a time: each takes a core.
  waiting_max: number;   // Behind them; one more gets nothing.
};

export class Shelf {
  private readonly kept = new Map<string, Buffer>();
  private readonly drawing = new Map<string, Promise<Buffer | null>>();
  private readonly waiting: (() => void)[] = [];
  private atWork = 0;

  constructor(private readonly limits: Limits) {}

  // Null when too many wait already, or it could not be drawn.
  async take(name: string, draw: () => Promise<Buffer>): Promise<Buffer | null> {
    const kept = this.kept.get(name);
    if (kept) {
      this.kept.delete(name);
      this.kept.set(name, kept);
      return kept;
    }
    let begun = this.drawing.get(name);
    if (!begun) {
      if (this.waiting.length >= this.limits.waiting_max) return null;
      begun = this.inTurn(draw).then((picture) => this.keep(name, picture), (error: unknown) => {
        console.error(`no picture ${name}:`, error);
        return null;
      }).finally(() => this.drawing.delete(name));
      this.drawing.set(name, begun);
    }
    return begun;
  }

  private keep(name: string, picture: Buffer): Buffer {
    this.kept.set(name, picture);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.limits.kept_max) break;
      this.kept.delete(oldest);
    }
    return picture;
  }

  private async inTurn(draw: () => Promise<Buffer>): Promise<Buffer> {
    if (this.atWork >= this.limits.drawing_max) await new Promise<void>((next) => this.waiting.push(next));
    else this.atWork++;
    try {
      return await draw();
    } finally {
      const next = this.waiting.shift();
      if (next) next();   // Our place is theirs.
      else this.atWork--;
    }
  }
}
