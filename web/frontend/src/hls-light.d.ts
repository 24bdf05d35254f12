/** The light build has the same face as the whole one. */
declare module "hls.js/light" {
  export * from "hls.js";
  export { default } from "hls.js";
}
