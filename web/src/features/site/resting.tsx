import { getText } from "@/text/server";
import { Notice } from "./notice";

// The engine does not answer: say so and come back alone.
export async function Resting() {
  const { t } = await getText();
  return (
    <>
      <meta httpEquiv="refresh" content="5" />
      <Notice title={t("site.resting_title")} text={t("site.resting_text")} />
    </>
  );
}
