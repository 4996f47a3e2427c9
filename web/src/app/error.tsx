"use client";

import { Notice } from "@/features/site/notice";
import { useText } from "@/text/client";
import { Button, ButtonLink } from "@/ui/button";

// A component broke in the browser; a page that breaks on the server is answered by server/plain-page.mjs.
export default function Failure({ reset }: { reset: () => void }) {
  const t = useText();
  return (
    <Notice title={t("site.error_title")} text={t("site.error_text")}>
      <p className="flex flex-wrap justify-center gap-3">
        <Button variant="primary" onClick={reset}>{t("site.retry")}</Button>
        <ButtonLink href="/">{t("site.back_home")}</ButtonLink>
      </p>
    </Notice>
  );
}
