/** The engine's host and the background in Firefox's one background page. */
import { startBackground } from "../background/background.ts";
import { api } from "../common/api.ts";
import { JOBS_PORT } from "../common/messages.ts";
import { loadSettings } from "../common/settings.ts";
import { createExtractor } from "./extractor.ts";
import { startHost } from "./host.ts";
import { sourceOf } from "./source.ts";

/** Firefox stops a background page after 30 seconds without a call of its API, even in the middle of an extraction. */
const CALL_EVERY_MS = 5000;
let isKeptAlive = false;

/** From the first post on, the page is kept alive: it holds the running job, the model and the side panel's results. */
api.runtime.onConnect.addListener(({ name }) => {
	if (isKeptAlive || name !== JOBS_PORT) return;
	isKeptAlive = true;
	setInterval(() => void api.runtime.getPlatformInfo(), CALL_EVERY_MS);
});
startHost({ extractor: createExtractor(sourceOf), settings: loadSettings });
startBackground({ wakeHost: async () => true });
