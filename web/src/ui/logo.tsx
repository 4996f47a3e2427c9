// The mark: a sun over the paved wave, on one glazed tile. The sun is also the live light.
export function Mark({ className = "size-9" }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#1c3fae" />
      <circle cx="22" cy="9.8" r="4.3" fill="#f4b223" />
      <g fill="none" stroke="#fffdf9" strokeWidth="3.1">
        <path d="M2 18.400q4.7-5.6 9.3 0t9.3 0 9.4 0" />
        <path d="M2 25.200q4.7-5.6 9.3 0t9.3 0 9.4 0" />
      </g>
    </svg>
  );
}

export function Wordmark() {
  return (
    <span className="flex items-center gap-2.5">
      <Mark />
      <span className="font-display text-[1.35rem] font-bold leading-none tracking-tight">LusoTown</span>
    </span>
  );
}
