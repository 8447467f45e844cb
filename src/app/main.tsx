/** Starts the app with the real engine. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createEngine } from "../client/client.ts";
import type { Detector } from "../client/detector.ts";
import { App } from "./shell/app.tsx";
import { startLanguage } from "./state/language.ts";
import "../ui/result.css";
import "../ui/correct.css";
import "./shell/app.css";

/** Loaded when a person first chooses a detector. */
function lazyDetector(): Detector {
	let loaded: Promise<Detector> | null = null;
	const load = () => {
		loaded ??= import("../client/detector.ts").then(({ createDetector }) => createDetector());
		// What could not be loaded is asked for again.
		loaded.catch(() => (loaded = null));
		return loaded;
	};
	return {
		detect: async (...call) => (await load()).detect(...call),
		close: () => void loaded?.then((detector) => detector.close()).catch(() => undefined),
	};
}

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
await startLanguage();
createRoot(root).render(
	<StrictMode>
		<App engine={createEngine()} detector={lazyDetector()} />
	</StrictMode>,
);
