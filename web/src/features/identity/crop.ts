// Which part of a picture stays: the middle of the frame in the picture's own pixels, and how far it is drawn near.
export type Size = { width: number; height: number };
export type Crop = { x: number; y: number; zoom: number };
export type Part = { left: number; top: number; width: number; height: number };

export const ZOOM_MAX = 4;

export function centred(picture: Size): Crop {
  return { x: picture.width / 2, y: picture.height / 2, zoom: 1 };
}

// The part of the picture that fills the frame; at zoom 1 it is the largest there is.
export function partOf(crop: Crop, picture: Size, frame: Size): Part {
  const scale = Math.min(picture.width / frame.width, picture.height / frame.height) / crop.zoom;
  const width = frame.width * scale, height = frame.height * scale;
  return { left: crop.x - width / 2, top: crop.y - height / 2, width, height };
}

// The nearest crop whose frame has picture everywhere.
export function kept(crop: Crop, picture: Size, frame: Size): Crop {
  const zoom = Math.min(ZOOM_MAX, Math.max(1, crop.zoom));
  const { width, height } = partOf({ ...crop, zoom }, picture, frame);
  const within = (middle: number, part: number, whole: number) => Math.min(whole - part / 2, Math.max(part / 2, middle));
  return { x: within(crop.x, width, picture.width), y: within(crop.y, height, picture.height), zoom };
}
