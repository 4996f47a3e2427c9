"use client";

import qrcode from "qrcode-generator";

const QUIET = 4;   // Modules of light margin; scanners need them.

export default function QrCode({ text, label }: { text: string; label: string }) {
  const code = qrcode(0, "L");
  code.addData(text);
  code.make();
  const size = code.getModuleCount();
  let path = "";
  for (let y = 0; y < size; y++) for (let x = 0; x < size; x++) if (code.isDark(y, x)) path += `M${x} ${y}h1v1h-1z`;
  const side = size + 2 * QUIET;
  return (
    <svg role="img" aria-label={label} viewBox={`${-QUIET} ${-QUIET} ${side} ${side}`} shapeRendering="crispEdges" className="w-full max-w-64 rounded-xl bg-white">
      <path d={path} fill="#000" />
    </svg>
  );
}
