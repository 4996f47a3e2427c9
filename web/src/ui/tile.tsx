// Azulejos. Every channel gets a tile of its own from its name, so nobody is a grey silhouette.
const MOTIFS = 6;
const GLAZES = 4;

export function ChannelTile({ username, className = "size-10" }: { username: string; className?: string }) {
  const { glaze, motif } = tileOf(username);
  return (
    <svg viewBox="0 0 40 40" aria-hidden="true" className={`tile tile-${glaze} ${className}`}>
      <use href={`#motif-${motif}`} />
    </svg>
  );
}

export function tileOf(username: string): { glaze: number; motif: number } {
  const seed = hash(username);
  return { glaze: seed % GLAZES, motif: Math.floor(seed / GLAZES) % MOTIFS };
}

// Of the first and the last name; of a single one its first letter.
export function initialsOf(name: string): string {
  const words = name.split(/[\s_.-]+/u).map((word) => /[\p{L}\p{N}]/u.exec(word)?.[0] ?? "").filter(Boolean);
  return (words.length > 1 ? `${words[0]}${words.at(-1)}` : (words[0] ?? "")).toLocaleUpperCase("pt");
}

function hash(text: string): number {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619) >>> 0;
  return (h ^ (h >>> 15)) >>> 0;
}

// One quarter, turned four times about the middle: how a tile is drawn.
function Turned({ children, id }: { children: React.ReactNode; id: string }) {
  return (
    <>
      <g id={id}>{children}</g>
      {[90, 180, 270].map((angle) => <use key={angle} href={`#${id}`} transform={`rotate(${angle} 20 20)`} />)}
    </>
  );
}

// The motifs, once a page; tiles refer to them.
export function TileMotifs() {
  return (
    <svg width="0" height="0" aria-hidden="true" className="absolute">
      <symbol id="motif-0" viewBox="0 0 40 40">
        <Turned id="m0">
          <path d="M20 20Q21 8 35 5 32 19 20 20z" fill="currentColor" />
          <path d="M20 17Q16.5 10.5 20 4q3.5 6.5 0 13z" fill="var(--tile-accent)" />
          <path d="M0 9A9 9 0 0 0 9 0" fill="none" stroke="currentColor" strokeWidth="2" />
        </Turned>
      </symbol>
      <symbol id="motif-1" viewBox="0 0 40 40">
        <Turned id="m1">
          <path d="M0 20A20 20 0 0 0 20 0" fill="none" stroke="currentColor" strokeWidth="4" />
          <path d="M0 9A9 9 0 0 0 9 0L0 0z" fill="var(--tile-accent)" />
        </Turned>
        <path d="M20 12l8 8-8 8-8-8z" fill="currentColor" />
      </symbol>
      <symbol id="motif-2" viewBox="0 0 40 40">
        <Turned id="m2">
          <path d="M20 20L15 9.5 20 2l5 7.500z" fill="currentColor" />
          <path d="M20 20l4.5-9L34 6l-5 9.500z" fill="var(--tile-accent)" />
        </Turned>
        <circle cx="20" cy="20" r="3.5" fill="var(--tile-ground)" />
      </symbol>
      <symbol id="motif-3" viewBox="0 0 40 40">
        <g fill="none" stroke="currentColor" strokeWidth="4.2">
          <path d="M-10 16q10-12 20 0t20 0 20 0M-10 28q10-12 20 0t20 0 20 0M-10 40q10-12 20 0t20 0 20 0" />
        </g>
        <circle cx="29" cy="7.5" r="4" fill="var(--tile-accent)" />
      </symbol>
      <symbol id="motif-4" viewBox="0 0 40 40">
        <Turned id="m4">
          <path d="M20 20V5a7.5 7.5 0 0 1 7.5 7.500A7.5 7.5 0 0 1 20 20z" fill="currentColor" />
          <path d="M20 20l9-9 6 0 0 6z" fill="var(--tile-accent)" opacity="0.95" />
          <path d="M0 0h7L0 7z" fill="currentColor" />
        </Turned>
      </symbol>
      <symbol id="motif-5" viewBox="0 0 40 40">
        <Turned id="m5">
          <path d="M20 3a8.5 8.5 0 0 1 8.5 8.5" fill="none" stroke="currentColor" strokeWidth="3" />
          <path d="M28.5 11.500A8.5 8.5 0 0 1 37 20" fill="none" stroke="currentColor" strokeWidth="3" />
          <circle cx="35" cy="5" r="2.8" fill="var(--tile-accent)" />
        </Turned>
        <path d="M20 11q1.5 7.5 9 9-7.5 1.5-9 9-1.5-7.5-9-9 7.5-1.5 9-9z" fill="currentColor" />
      </symbol>
    </svg>
  );
}
