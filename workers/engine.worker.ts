/** The entry of the worker thread: exposes the engine to the page, nothing more. */
import { browserPlatform } from "./browser-platform.ts";
import { createEngineApi } from "./engine.ts";
import { exposeEngine } from "./expose.ts";

exposeEngine(createEngineApi(browserPlatform));
