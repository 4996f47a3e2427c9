import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { DesignPage } from "@/features/design/design-page";

export const metadata: Metadata = { title: "Design", robots: { index: false } };

// For whoever builds this client. A visitor finds nothing here, unless the operator of the web process says so.
export default function Page() {
  if (process.env.NODE_ENV !== "development" && process.env.LUSO_DESIGN_PAGE !== "1") notFound();
  return <DesignPage />;
}
