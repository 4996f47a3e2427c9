import type { Metadata } from "next";
import { NotFoundPage } from "@/features/site/not-found-page";
import { localeOfHub } from "@/lib/locale";
import { getText } from "@/text/server";

// A page under "/pt-br/" and its like. Their folder is the one of handles, so whatever else stands there is nothing.
export function InHub({ handle, children }: { handle: string; children: React.ReactNode }) {
  return localeOfHub(`/${handle}`) ? children : <NotFoundPage />;
}

export async function inHub<P extends { handle: string }>(params: Promise<P>, metadata: (params: P) => Promise<Metadata>): Promise<Metadata> {
  const found = await params;
  if (localeOfHub(`/${found.handle}`)) return metadata(found);
  const { t } = await getText();
  return { title: t("site.not_found_title"), robots: { index: false } };
}
