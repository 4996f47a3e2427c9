"use client";

import { useEffect } from "react";
import { qualityFrom, qualityKey } from "@/lib/player/quality";
import { stored } from "@/lib/player/stored";

const WAIT_MS = 500;   // A pointer that only passes wants nothing.

// Moving pictures of a live under the pointer, or after a tap on its card's own button where nothing hovers. One listener for
// all the cards of a page; the player comes when somebody waits, and never to who saves data, is on a slow line or asked for
// stillness: their cards have no button either.
export function Preview() {
  useEffect(() => {
    if (!isWelcome()) return;
    document.documentElement.dataset.peeks = "";
    let timer = 0, turn = 0, box: HTMLElement | null = null, button: Element | null = null, stop = () => {};
    const end = () => {
      clearTimeout(timer);
      turn++;
      stop();
      stop = () => {};
      button?.setAttribute("aria-pressed", "false");
      box = button = null;
    };
    const begin = (picture: HTMLElement, wait_ms: number) => {
      end();
      box = picture;
      const mine = turn;
      timer = window.setTimeout(async () => {
        const { play } = await import("./preview-player");
        if (mine !== turn) return;
        const undo = await play(picture, () => mine === turn);
        if (mine === turn) stop = undo; else undo();
      }, wait_ms);
    };
    const onOver = (event: PointerEvent) => {
      if (event.pointerType !== "mouse") return;
      const picture = pictureOf(event.target as Element);
      if (picture === box) return;
      if (picture) begin(picture, WAIT_MS); else end();
    };
    const onPress = (event: Event) => {
      const pressed = (event.target as Element).closest?.(".card-peek");
      const picture = pressed && pictureOf(pressed);
      if (!picture) return;
      if (pressed === button) return end();
      begin(picture, 0);
      button = pressed;
      button.setAttribute("aria-pressed", "true");
    };
    // What has left the screen moves for nobody.
    const onScroll = () => {
      const place = box?.getBoundingClientRect();
      if (place && (place.bottom < 0 || place.top > innerHeight)) end();
    };
    const onHide = () => { if (document.hidden) end(); };
    document.addEventListener("pointerover", onOver);
    document.addEventListener("click", onPress);
    document.addEventListener("scroll", onScroll, { passive: true });
    document.addEventListener("visibilitychange", onHide);
    return () => {
      end();
      delete document.documentElement.dataset.peeks;
      document.removeEventListener("pointerover", onOver);
      document.removeEventListener("click", onPress);
      document.removeEventListener("scroll", onScroll);
      document.removeEventListener("visibilitychange", onHide);
    };
  }, []);
  return null;
}

function pictureOf(target: Element): HTMLElement | null {
  return target.closest?.(".card")?.querySelector<HTMLElement>("[data-preview]") ?? null;
}

function isWelcome(): boolean {
  const line = (navigator as Navigator & { connection?: { saveData?: boolean; effectiveType?: string } }).connection;
  return !line?.saveData && !/2g/.test(line?.effectiveType ?? "") && qualityFrom(stored(qualityKey(navigator))) !== "saver" &&
    !matchMedia("(prefers-reduced-motion: reduce)").matches;
}
