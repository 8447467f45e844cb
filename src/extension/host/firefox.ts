/** Goes in: nothing. Comes out: the host and the background in Firefox's one background page. */
import { startBackground } from "../background/background.ts";
import { loadSettings } from "../shared/settings.ts";
import { createExtractor } from "./extractor.ts";
import { startHost } from "./host.ts";
import { sourceOf } from "./source.ts";

startHost({ extractor: createExtractor(sourceOf), settings: loadSettings });
startBackground({ wakeHost: async () => true });
