/** Starts the app with the real engine. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createEngine } from "../client/client.ts";
import { createDetector } from "../client/detector.ts";
import { App } from "./shell/app.tsx";
import { startLanguage } from "./state/language.ts";
import "../ui/result.css";
import "../ui/correct.css";
import "./shell/app.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
await startLanguage();
createRoot(root).render(
	<StrictMode>
		<App engine={createEngine()} detector={createDetector()} />
	</StrictMode>,
);
