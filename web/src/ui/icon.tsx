// Our icons: strokes on a 24 grid, drawn for this client.
const PATHS = {
  play: "M8 5.5v13l11-6.5z",
  pause: "M8 5.5v13M16 5.5v13",
  volume: "M4 10v4h3.5L12 18V6L7.5 10zM15.5 9a4.2 4.2 0 0 1 0 6M18 6.5a7.8 7.8 0 0 1 0 11",
  muted: "M4 10v4h3.5L12 18V6L7.5 10zM16 9.5l5 5M21 9.5l-5 5",
  expand: "M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5",
  shrink: "M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5",
  theatre: "M3 6.5h18v11H3zM3 17.5h18",
  pip: "M3 5.5h18v13H3zM12.5 12h6v4h-6z",
  gear: "M12 8.8a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4zM12 3v3M12 18v3M3 12h3M18 12h3M5.6 5.6l2.2 2.2M16.2 16.2l2.2 2.2M5.6 18.4l2.2-2.2M16.2 7.8l2.2-2.2",
  home: "M4 11l8-7 8 7M6 9.500V20h4.500v-5h3v5H18V9.500",
  search: "M10.500 4a6.500 6.500 0 1 1 0 13 6.500 6.500 0 0 1 0-13zM15.300 15.300L20.500 20.500",
  contrast: "M12 3.500a8.500 8.500 0 1 1 0 17 8.500 8.500 0 0 1 0-17zM12 3.500v17",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "M6 6l12 12M18 6L6 18",
  share: "M12 14V4M8 7.5L12 4l4 3.5M5 12v7h14v-7",
  heart: "M12 19.5C5 15 3.5 11.5 4.2 8.6 5 5.5 9.5 4.6 12 8.4c2.5-3.8 7-2.9 7.8.2.7 2.9-.8 6.4-7.8 10.900z",
  eye: "M2.5 12c2.5-4.3 5.7-6.5 9.5-6.500s7 2.2 9.5 6.500c-2.5 4.3-5.7 6.5-9.5 6.500S5 16.3 2.5 12zM12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6z",
  broadcast: "M12 10.500a1.8 1.8 0 1 1 0 3.6 1.8 1.8 0 0 1 0-3.600zM8 8.200a5.6 5.6 0 0 0 0 8.200M16 8.200a5.6 5.6 0 0 1 0 8.200M5.2 5.200a9.8 9.8 0 0 0 0 14M18.8 5.200a9.8 9.8 0 0 1 0 14",
  check: "M5 12.500l4.5 4.500L19 7.5",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  user: "M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM4.5 20c1-4 4-5.5 7.5-5.500s6.5 1.5 7.5 5.5",
  globe: "M12 3.500a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM3.5 12h17M12 3.500c3 3.2 3 13.8 0 17M12 3.500c-3 3.2-3 13.8 0 17",
  download: "M12 4v10M8 10.500l4 3.5 4-3.500M5 19h14",
  warning: "M12 4l9 16H3zM12 10v4.500M12 17.200v.3",
  clock: "M12 3.500a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.500V12l3.2 2",
  calendar: "M4 6h16v14H4zM4 10.500h16M8 3.500v4M16 3.500v4",
  headphones: "M4.500 17v-4a7.5 7.5 0 0 1 15 0v4M4.500 14h3v5.500h-3zM16.500 14h3v5.500h-3z",
  leave: "M13 4h7v7M20 4l-9 9M17 14v6H4V7h6",
  keyboard: "M3 6.500h18v11H3zM7 10.500h.1M12 10.500h.1M17 10.500h.1M8 14h8",
  chart: "M5 19v-6M12 19V5M19 19v-9",
  camera: "M3.5 7h11v10h-11zM14.5 11l6-3v8l-6-3z",
  screen: "M3 5h18v11H3zM9 20h6M12 16v4",
  key: "M8 11a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM11 12.500L19.500 4M16 7.500l3 3",
  team: "M9 5a3.500 3.500 0 1 1 0 7 3.500 3.500 0 0 1 0-7zM2.500 19.500c.8-3.500 3.300-5 6.500-5s5.700 1.500 6.500 5M15.500 5.400a3.500 3.500 0 0 1 0 6.300M18 14.800c2 .7 3 2.300 3.500 4.700",
  lock: "M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3",
  book: "M12 6.500C9.500 4.700 6.500 4.500 3.500 5v13.500c3-.5 6-.3 8.500 1.500 2.500-1.800 5.500-2 8.500-1.500V5c-3-.5-6-.3-8.500 1.500zM12 6.500V20",
  stop: "M6.500 6.500h11v11h-11z",
  microphone: "M12 4a2.600 2.600 0 0 1 2.600 2.600v5a2.600 2.600 0 0 1-5.200 0v-5A2.600 2.600 0 0 1 12 4zM6 11.500a6 6 0 0 0 12 0M12 17.500V20",
} as const;

export type IconName = keyof typeof PATHS;
export const ICON_NAMES = Object.keys(PATHS) as readonly IconName[];

export function Icon({ name, className = "size-5", filled = false }: { name: IconName; className?: string; filled?: boolean }) {
  return (
    <svg viewBox="0 0 24 24" className={className} aria-hidden="true" fill={filled ? "currentColor" : "none"}
      stroke="currentColor" strokeWidth="1.9" strokeLinecap="round" strokeLinejoin="round">
      <path d={PATHS[name]} />
    </svg>
  );
}
