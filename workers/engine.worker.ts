/** Goes in: messages of a page. Comes out: the engine's answers. The entry of the worker thread, nothing more. */
import { browserPlatform } from "./browser-platform.ts";
import { createEngineApi } from "./engine.ts";
import { exposeEngine } from "./expose.ts";

exposeEngine(createEngineApi(browserPlatform));
