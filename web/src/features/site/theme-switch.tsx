"use client";

import { useEffect, useState } from "react";
import { PREFERENCE_AGE_S, THEME_COOKIE, THEMES, themeFrom, type Theme } from "@/lib/preferences";
import { useText } from "@/text/client";

// The page wears the theme at once; the cookie makes the server's next first paint agree.
export function ThemeSwitch() {
  const t = useText();
  const [theme, setTheme] = useState<Theme>("system");
  useEffect(() => setTheme(themeFrom(document.documentElement.dataset.theme)), []);

  const choose = (next: Theme) => {
    document.documentElement.dataset.theme = next;
    document.cookie = `${THEME_COOKIE}=${next}; path=/; max-age=${PREFERENCE_AGE_S}; samesite=lax`;
    setTheme(next);
  };
  return (
    <div role="group" aria-label={t("site.theme")} className="px-1 pb-1">
      <p className="px-2 pb-2 text-sm text-muted">{t("site.theme")}</p>
      <div className="grid grid-cols-2 gap-1 rounded-xl bg-raised p-1">
        {THEMES.map((name) => (
          <button key={name} type="button" aria-pressed={theme === name} onClick={() => choose(name)}
            className="segment text-sm">
            {t(`site.theme_${name}`)}
          </button>
        ))}
      </div>
    </div>
  );
}
