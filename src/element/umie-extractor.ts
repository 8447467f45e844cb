/** The entry for a script tag: defines `<umie-extractor>` on the page. */
import { defineUmieExtractor } from "./element.ts";

defineUmieExtractor();

export { setAssets } from "./assets.ts";
export { defineUmieExtractor, type ElementEvents, UmieExtractorElement } from "./element.ts";
