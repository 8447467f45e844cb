/** What the engine needs of a browser's worker: decoder, readers, runtime. */
import { filesReader } from "./bundle/files-reader.ts";
import { cacheStore } from "./bundle/store.ts";
import { urlReader } from "./bundle/url-reader.ts";
import type { Platform } from "./platform.ts";
import { loadRuntime } from "./runtime-browser.ts";
import { turn } from "./turn.ts";
import { browserDecoder } from "./vision/decode.ts";
import { createSegmentationProposer } from "./vision/regions/segmentation-proposer.ts";

export const browserPlatform: Platform = {
	loadRuntime,
	decodeImage: browserDecoder,
	proposer: createSegmentationProposer(),
	turn,
	openReader: (source) =>
		source.kind === "url" ? urlReader(source.url, { store: cacheStore() }) : filesReader(source.files),
};
