// The patterns people grew up with, each with its own work to do: azulejo and calçada are the frame of the house, paper
// flags hang where something is celebrated or about to begin, printed cotton and woven cloth stand for the coasts that
// wear them. Drawn with tokens, so they follow the theme. Pure decoration.
export type MotifName = "bandeirinhas" | "capulana" | "tais";

const SIZES = { bandeirinhas: [96, 44], capulana: [72, 72], tais: [48, 64] } as const;

export function Motif({ name, className = "" }: { name: MotifName; className?: string }) {
  const [width, height] = SIZES[name], id = `pattern-${name}`;
  return (
    <svg aria-hidden="true" className={className} width="100%" height="100%">
      <defs><pattern id={id} width={width} height={height} patternUnits="userSpaceOnUse"><Drawing name={name} /></pattern></defs>
      <rect width="100%" height="100%" fill={`url(#${id})`} />
    </svg>
  );
}

function Drawing({ name }: { name: MotifName }) {
  switch (name) {
    case "bandeirinhas": return <Flags />;
    case "capulana": return <WaxPrint />;
    case "tais": return <Weave />;
  }
}

// Swallow-tailed paper flags on a slack string: June in Caruaru, and any street with something to sing about.
function Flags() {
  const flag = "h18v26l-9-7-9 7z";
  return (
    <>
      <path d="M0 5Q48 17 96 5" fill="none" stroke="var(--muted)" strokeWidth="1.5" />
      <path d={`M3 6${flag}`} fill="var(--sun)" />
      <path d={`M27 10${flag}`} fill="var(--live)" />
      <path d={`M51 10${flag}`} fill="var(--cobalt)" />
      <path d={`M75 6${flag}`} fill="var(--good)" />
    </>
  );
}

// Capulana, pano, wax: a seed head in rings, dots between, and the crackle the dye leaves.
function WaxPrint() {
  return (
    <>
      <rect width="72" height="72" fill="var(--sun)" />
      <g fill="none" stroke="var(--on-sun)" strokeWidth="2.5">
        <circle cx="36" cy="36" r="24" fill="var(--live)" /><circle cx="36" cy="36" r="15" fill="var(--sun)" />
        <path d="M0 0l7 9-4 6 5 7M72 72l-7-9 4-6-5-7" strokeWidth="1.2" />
      </g>
      <circle cx="36" cy="36" r="7" fill="var(--wall)" />
      {Array.from({ length: 12 }, (_, n) => <circle key={n} cx="36" cy="16.500" r="2" fill="var(--sun)" transform={`rotate(${n * 30} 36 36)`} />)}
      {[[0, 0], [72, 0], [0, 72], [72, 72]].map(([x, y]) => <circle key={`${x}-${y}`} cx={x} cy={y} r="11" fill="var(--wall)" stroke="var(--on-sun)" strokeWidth="2.500" />)}
    </>
  );
}

// Tais of Timor: bands of warp with stepped lozenges.
function Weave() {
  return (
    <>
      <rect width="48" height="64" fill="var(--wall)" />
      <path d="M0 4H48M0 60H48" stroke="var(--sun)" strokeWidth="4" />
      <path d="M0 11H48M0 53H48" stroke="var(--live)" strokeWidth="5" />
      <path d="M24 17h4v4h4v4h4v4h4v6h-4v4h-4v4h-4v4h-8v-4h-4v-4h-4v-4h-4v-6h4v-4h4v-4h4v-4h4z" fill="var(--sun)" />
      <path d="M24 25h3v4h4v6h-4v4h-6v-4h-4v-6h4v-4z" fill="var(--live)" />
      <path d="M0 30h3v4H0zM45 30h3v4h-3z" fill="var(--on-wall)" />
    </>
  );
}
