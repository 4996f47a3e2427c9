"use client";

import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useText } from "@/text/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { centred, kept, partOf, ZOOM_MAX, type Crop } from "./crop";

type Props = { file: File; width: number; height: number; onClose: () => void; onUnreadable: () => void; onCropped: (picture: Blob) => void };

const STEP = 0.04;          // Of the frame, a press of an arrow key.
const QUALITY = 0.92;
const ZOOM_STEP = 0.1;

// The picture in its frame, moved by finger, mouse or arrow keys. The canvas turns it upright, brings its colours to sRGB
// and leaves behind what the camera wrote into it; the server does all of that once more.
export default function CropDialog({ file, width, height, onClose, onUnreadable, onCropped }: Props) {
  const t = useText(), frame = { width, height };
  const canvas = useRef<HTMLCanvasElement>(null);
  const held = useRef<{ x: number; y: number } | null>(null);
  const [picture, setPicture] = useState<ImageBitmap | null>(null);
  const [crop, setCrop] = useState<Crop>({ x: 0, y: 0, zoom: 1 });

  useEffect(() => {
    let isGone = false;
    createImageBitmap(file, { imageOrientation: "from-image" }).then((bitmap) => {
      if (isGone) return bitmap.close();
      setCrop(centred(bitmap));
      setPicture(bitmap);
    }, () => { if (!isGone) onUnreadable(); });
    return () => { isGone = true; };
    // The file is the same as long as the window is open.
  }, [file]); // eslint-disable-line react-hooks/exhaustive-deps

  useEffect(() => {
    if (!picture || !canvas.current) return;
    const pen = canvas.current.getContext("2d");
    const { left, top, ...part } = partOf(crop, picture, { width, height });
    if (!pen) return;
    pen.imageSmoothingQuality = "high";
    pen.clearRect(0, 0, width, height);
    pen.drawImage(picture, left, top, part.width, part.height, 0, 0, width, height);
  }, [picture, crop, width, height]);

  const change = (to: (now: Crop) => Crop) => { if (picture) setCrop((now) => kept(to(now), picture, frame)); };
  const move = (dx: number, dy: number) => change((now) => {
    const part = picture ? partOf(now, picture, frame) : { width: 0, height: 0 };
    return { ...now, x: now.x + dx * part.width, y: now.y + dy * part.height };
  });
  const zoom = (by: number) => change((now) => ({ ...now, zoom: now.zoom + by }));
  const onKeyDown = (event: KeyboardEvent) => {
    const act = { ArrowLeft: () => move(-STEP, 0), ArrowRight: () => move(STEP, 0), ArrowUp: () => move(0, -STEP), ArrowDown: () => move(0, STEP),
      "+": () => zoom(ZOOM_STEP), "-": () => zoom(-ZOOM_STEP) }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  };
  const onPointerDown = (event: PointerEvent<HTMLCanvasElement>) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    held.current = { x: event.clientX, y: event.clientY };
  };
  const onPointerMove = (event: PointerEvent<HTMLCanvasElement>) => {
    if (!held.current) return;
    const box = event.currentTarget.getBoundingClientRect();
    move((held.current.x - event.clientX) / box.width, (held.current.y - event.clientY) / box.height);
    held.current = { x: event.clientX, y: event.clientY };
  };
  // Browsers that cannot write WebP answer with a PNG, which is as good.
  const save = () => canvas.current?.toBlob((blob) => { if (blob) onCropped(blob); }, "image/webp", QUALITY);

  return (
    <Dialog title={t("care.crop_title")} onClose={onClose} footer={<>
      <Button variant="plain" onClick={onClose}>{t("care.cancel")}</Button>
      <Button variant="primary" isPending={!picture} onClick={save}>{t("care.save_picture")}</Button>
    </>}>
      <div className="grid gap-4">
        <p className="text-muted">{t("care.crop_hint")}</p>
        <canvas ref={canvas} width={width} height={height} tabIndex={0} role="application" aria-label={t("care.crop_area")} onKeyDown={onKeyDown}
          onPointerDown={onPointerDown} onPointerMove={onPointerMove} onPointerUp={() => { held.current = null; }} onPointerCancel={() => { held.current = null; }}
          className={`mx-auto w-full cursor-grab touch-none rounded-xl bg-tint ${width === height ? "max-w-72" : ""}`} />
        <label className="flex min-h-11 items-center gap-3 font-semibold">{t("care.zoom")}
          <input type="range" min={1} max={ZOOM_MAX} step={ZOOM_STEP / 2} value={crop.zoom} className="w-full" onChange={(event) => { const value = Number(event.target.value); change((now) => ({ ...now, zoom: value })); }} />
        </label>
      </div>
    </Dialog>
  );
}
