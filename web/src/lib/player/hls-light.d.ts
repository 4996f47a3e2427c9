// hls.js ships its smaller build without types of its own; what both builds share is typed by the full one.
declare module "hls.js/light" {
  export { default } from "hls.js";
  export type * from "hls.js";
}
