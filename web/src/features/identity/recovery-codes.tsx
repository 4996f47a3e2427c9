"use client";

import { useEffect, useRef } from "react";
import { saveFile } from "@/lib/save-file";
import { useText } from "@/text/client";
import { Button } from "@/ui/button";

// Shown once: to be copied by hand, kept as a file or printed.
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const t = useText();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  const download = () => saveFile(new File([`LusoTown\n\n${codes.join("\n")}\n`], t("care.codes_file"), { type: "text/plain" }));
  return (
    <div className="grid gap-5">
      <div>
        <h3 ref={heading} tabIndex={-1} className="text-lg outline-none">{t("care.codes_title")}</h3>
        <p className="text-muted">{t("care.codes_text")}</p>
      </div>
      <ul className="grid gap-2 rounded-xl bg-tint p-4 font-mono sm:grid-cols-2">{codes.map((code) => <li key={code}>{code}</li>)}</ul>
      <p className="flex flex-wrap gap-3">
        <Button onClick={download}>{t("care.codes_download")}</Button>
        <Button onClick={() => window.print()}>{t("care.codes_print")}</Button>
        <Button variant="primary" onClick={onKept}>{t("care.codes_kept")}</Button>
      </p>
    </div>
  );
}
