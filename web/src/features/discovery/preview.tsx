"use client";

import { useEffect } from "react";

const WAIT_MS = 500;   // A pointer that only passes wants nothing.

// Moving pictures of a live under the pointer, or under a finger that holds. One listener for all the cards of a page; the
// player comes when somebody waits, and never to who saves data, is on a slow line or asked for stillness.
export function Preview() {
  useEffect(() => {
    if (!isWelcome()) return;
    let timer = 0, turn = 0, box: HTMLElement | null = null, stop = () => {};
    const end = () => { clearTimeout(timer); turn++; stop(); stop = () => {}; box = null; };
    const begin = (event: Event) => {
      const card = (event.target as Element).closest?.(".card");
      const picture = card?.querySelector<HTMLElement>("[data-preview]") ?? null;
      if (picture === box) return;
      end();
      if (!picture) return;
      box = picture;
      const mine = turn;
      timer = window.setTimeout(async () => {
        const { play } = await import("./preview-player");
        if (mine !== turn) return;
        const undo = await play(picture, () => mine === turn);
        if (mine === turn) stop = undo; else undo();
      }, WAIT_MS);
    };
    const onOver = (event: PointerEvent) => { if (event.pointerType === "mouse") begin(event); };
    // A held finger would open the link's menu on top of the picture it asked for.
    const onMenu = (event: Event) => { if (box?.querySelector("video") && matchMedia("(hover: none)").matches) event.preventDefault(); };
    document.addEventListener("pointerover", onOver);
    document.addEventListener("touchstart", begin, { passive: true });
    for (const name of ["touchend", "touchcancel", "scroll"]) document.addEventListener(name, end, { passive: true });
    document.addEventListener("contextmenu", onMenu);
    return () => {
      end();
      document.removeEventListener("pointerover", onOver);
      document.removeEventListener("touchstart", begin);
      for (const name of ["touchend", "touchcancel", "scroll"]) document.removeEventListener(name, end);
      document.removeEventListener("contextmenu", onMenu);
    };
  }, []);
  return null;
}

function isWelcome(): boolean {
  const line = (navigator as Navigator & { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
  return !line?.saveData && !/2g/.test(line?.effectiveType ?? "") && !matchMedia("(prefers-reduced-motion: reduce)").matches;
}
