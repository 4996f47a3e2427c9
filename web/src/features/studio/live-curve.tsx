"use client";

import { useEffect, useState } from "react";
import { api } from "@/lib/api/browser";
import type { StreamCurve } from "@/lib/api/types";
import { number } from "@/text/numbers";
import { useLocale, useText } from "@/text/client";
import { Chart } from "@/ui/chart";
import { clockLabels } from "./curve-labels";

const ASK_MS = 30_000;   // A point is a minute.

export function LiveCurve({ streamId }: { streamId: number }) {
  const t = useText(), locale = useLocale();
  const [curve, setCurve] = useState<StreamCurve | null>(null);
  useEffect(() => {
    let isGone = false, timer: ReturnType<typeof setTimeout> | undefined;
    const ask = async () => {
      if (!document.hidden) {
        const answer = await api("get", "/api/v1/streams/{stream_id}/curve", { path: { stream_id: streamId } });
        if (isGone) return;
        if (answer.ok) setCurve(answer.data);
      }
      timer = setTimeout(ask, ASK_MS);
    };
    void ask();
    return () => { isGone = true; clearTimeout(timer); };
  }, [streamId]);
  if (!curve || curve.points.length < 2) return <p className="text-sm text-muted">{t("studio.curve_soon")}</p>;
  return (
    <Chart kind="line" caption={t("studio.curve")} tableLabel={t("studio.as_table")} xLabel={t("studio.curve_when")} x={clockLabels(locale, curve.points.map(({ at }) => at))}
      series={[{ label: t("studio.col_total"), values: curve.points.map(({ viewer_count }) => viewer_count) }]} format={(value) => number(locale, value)} />
  );
}
