"use client";

import { useEffect, useState } from "react";
import { negotiate } from "@/lib/locale";
import { loadSubjects, type Messages } from "@/text/catalogue";
import "./globals.css";

// The frame itself broke, and with it everything that gives words to components: this page fetches its own.
export default function FrameFailure() {
  const [words, setWords] = useState<Messages | null>(null);
  const locale = negotiate(typeof navigator === "undefined" ? null : navigator.languages.join(","));
  useEffect(() => { void loadSubjects(locale, ["site"]).then(setWords); }, [locale]);
  return (
    <html lang={locale}>
      <body className="grid min-h-dvh place-content-center justify-items-center gap-4 p-6 text-center">
        {words && (
          <>
            <title>{words["site.error_title"]}</title>
            <h1 className="text-3xl">{words["site.error_title"]}</h1>
            <p className="max-w-md text-muted">{words["site.error_text"]}</p>
            {/* A whole load, not a visit by script: what broke is in the page's memory. */}
            <a href="/" className="button button-primary">{words["site.back_home"]}</a>
          </>
        )}
      </body>
    </html>
  );
}
