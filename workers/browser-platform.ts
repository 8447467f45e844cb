/** What the engine needs of a browser's worker: decoder, readers, runtime. */
import { filesReader } from "./bundle/files-reader.ts";
import { cacheStore } from "./bundle/store.ts";
import { urlReader } from "./bundle/url-reader.ts";
import type { Platform } from "./platform.ts";
import { loadRuntime } from "./runtime-browser.ts";
import { turn } from "./turn.ts";
import type { RegionProposer } from "./vision/types.ts";

/** Loaded with the first picture: many posts have none. */
const loadDecoder = () => import("./vision/decode.ts");
const loadProposer = () => import("./vision/regions/segmentation-proposer.ts");

const proposer: RegionProposer = {
	name: "segmentation",
	propose: async (...args) => (await loadProposer()).createSegmentationProposer().propose(...args),
};

export const browserPlatform: Platform = {
	loadRuntime,
	decodeImage: async (bytes) => (await loadDecoder()).browserDecoder(bytes),
	proposer,
	turn,
	openReader: (source) =>
		source.kind === "url" ? urlReader(source.url, { store: cacheStore() }) : filesReader(source.files),
};
