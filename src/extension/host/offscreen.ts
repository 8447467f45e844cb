/** The engine's host in Chrome's offscreen document. */
import { api } from "../common/api.ts";
import { parseSettings } from "../common/settings.ts";
import { createExtractor } from "./extractor.ts";
import { startHost } from "./host.ts";
import { sourceOf } from "./source.ts";

startHost({
	extractor: createExtractor(sourceOf),
	// An offscreen document has no storage of its own: the background reads it.
	settings: async () => parseSettings(await api.runtime.sendMessage({ kind: "settings" })),
});
