/** Goes in: the element #root. Comes out: the app on it, with the real engine. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createEngine } from "../engine/client.ts";
import { createDetector } from "../engine/detector.ts";
import { App } from "./app.tsx";
import "../ui/result.css";
import "../ui/correct.css";
import "./app.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
	<StrictMode>
		<App engine={createEngine()} detector={createDetector()} />
	</StrictMode>,
);
