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
          <use href="#azulejo-quarter" />
          <use href="#azulejo-quarter" transform="rotate(90 48 48)" />
          <use href="#azulejo-quarter" transform="rotate(180 48 48)" />
          <use href="#azulejo-quarter" transform="rotate(270 48 48)" />
          <circle cx="48" cy="48" r="4" fill="#f4b223" />
          <path d="M0 0H96V96" fill="none" stroke="currentColor" strokeOpacity="0.25" />
        </pattern>
      </defs>
      <rect width="100%" height="100%" fill="url(#azulejo)" />
    </svg>
  );
}

// The sun going down behind three rows of paved waves.
export function WaveHorizon({ className = "" }: { className?: string }) {
  const row = "q30-30 60 0t60 0 60 0 60 0 60 0 60 0 60 0 60 0";
  return (
    <svg aria-hidden="true" viewBox="0 0 360 200" preserveAspectRatio="xMaxYMax slice" className={className}>
      <circle cx="258" cy="104" r="62" fill="#f4b223" />
      <path d={`M-60 132${row}V220H-60z`} fill="#fffdf9" />
      <path d={`M-75 148${row}V220H-75z`} fill="#101a3a" />
      <path d={`M-90 164${row}V220H-90z`} fill="#fffdf9" />
      <path d={`M-105 180${row}V220H-105z`} fill="#101a3a" />
      <path d={`M-120 196${row}V220H-120z`} fill="#fffdf9" />
    </svg>
  );
}
