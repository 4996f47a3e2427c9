// A wall of tiles behind the words: one quarter drawn, turned, repeated. Pure decoration.
export function AzulejoWall({ className = "" }: { className?: string }) {
  return (
    <svg aria-hidden="true" className={className} width="100%" height="100%">
      <defs>
        <g id="azulejo-quarter" fill="none" stroke="currentColor" strokeWidth="1.4">
          <path d="M48 48Q50 22 80 16 76 46 48 48z" fill="currentColor" fillOpacity="0.16" />
          <path d="M48 43Q39 27 48 10q9 17 0 33z" fill="currentColor" fillOpacity="0.32" />
          <path d="M0 26A26 26 0 0 0 26 0M0 18A18 18 0 0 0 18 0" />
          <path d="M0 0H9A9 9 0 0 1 0 9z" fill="currentColor" fillOpacity="0.4" stroke="none" />
          <path d="M48 4q6 0 6 6M32 22q8-2 10 6" />
        </g>
        <pattern id="azulejo" width="96" height="96" patternUnits="userSpaceOnUse">
          <g opacity="0.5">
            {[0, 90, 180, 270].map((angle) => <use key={angle} href="#azulejo-quarter" transform={`rotate(${angle} 48 48)`} />)}
          </g>
          <circle cx="48" cy="48" r="3.6" fill="#f4b223" />
          <path d="M0 0H96V96" fill="none" stroke="currentColor" strokeOpacity="0.25" />
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill="url(#azulejo)" />
    </svg>
  );
}

// The sun going down behind rows of paved waves; the last row is the page itself.
export function WaveHorizon() {
  const row = "q30-26 60 0t60 0 60 0 60 0";
  return (
    <div aria-hidden="true" className="absolute inset-0 -z-10 overflow-hidden">
      <div className="absolute end-[8%] bottom-3 size-28 rounded-full bg-sun sm:end-[10%] sm:bottom-6 sm:size-56" />
      <svg width="100%" height="112" className="absolute bottom-0 max-sm:origin-bottom max-sm:scale-y-75">
        <defs>
          <pattern id="waves" width="120" height="112" patternUnits="userSpaceOnUse">
            <path d={`M-60 24${row}V120H-60z`} fill="var(--wave-light)" />
            <path d={`M-72 42${row}V120H-72z`} fill="var(--wave-dark)" />
            <path d={`M-84 58${row}V120H-84z`} fill="var(--wave-light)" />
            <path d={`M-96 76${row}V120H-96z`} fill="var(--wave-dark)" />
            <path d={`M-108 94${row}V120H-108z`} fill="var(--paper)" />
          </pattern>
        </defs>
        <rect width="100%" height="112" fill="url(#waves)" />
      </svg>
    </div>
  );
}
