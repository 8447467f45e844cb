/** Goes in: a script tag. Comes out: a page that knows <umie-extractor>. */
import { defineUmieExtractor } from "./element.ts";

defineUmieExtractor();

export { setAssets } from "./assets.ts";
export { defineUmieExtractor, type ElementEvents, UmieExtractorElement } from "./element.ts";
