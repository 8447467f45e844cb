/** Checks a bundle's umie.json, for pages that host or list models. */
export { type Manifest, parseManifest } from "../bundle/manifest.ts";
