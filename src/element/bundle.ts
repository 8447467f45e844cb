/** Goes in: umie.json as parsed JSON. Comes out: a checked manifest: what a bundle holds, for those who host or list models. */
export { type Manifest, parseManifest } from "../bundle/manifest.ts";
