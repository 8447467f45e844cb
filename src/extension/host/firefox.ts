/** Goes in: nothing. Comes out: the host and the background in Firefox's one background page. */
import { startBackground } from "../background/background.ts";
import { api } from "../common/api.ts";
import { JOBS_PORT } from "../common/messages.ts";
import { loadSettings } from "../common/settings.ts";
import { createExtractor } from "./extractor.ts";
import { startHost } from "./host.ts";
import { sourceOf } from "./source.ts";

/** Firefox stops a background page after 30 seconds without a word of its API, in the middle of an extraction too. */
const WORD_MS = 5000;
let awake = false;

/** From the first post on the page stays: with it would go the running job, the model and the results the side panel shows. */
api.runtime.onConnect.addListener(({ name }) => {
	if (awake || name !== JOBS_PORT) return;
	awake = true;
	setInterval(() => void api.runtime.getPlatformInfo(), WORD_MS);
});
startHost({ extractor: createExtractor(sourceOf), settings: loadSettings });
startBackground({ wakeHost: async () => true });
