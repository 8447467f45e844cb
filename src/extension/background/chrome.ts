/** The background as Chrome's service worker, with the engine's host in an offscreen document. */
import { api } from "../common/api.ts";
import { startBackground } from "./background.ts";

/** Several tabs may need the host at once, but Chrome refuses a second document. */
let creating: Promise<void> | null = null;

async function wakeHost(): Promise<boolean> {
	const { offscreen } = api;
	if (!offscreen) return false;
	if (await offscreen.hasDocument()) return true;
	creating ??= offscreen
		.createDocument({
			url: "offscreen.html",
			reasons: ["WORKERS"],
			justification: "Runs the extraction model in a worker, on this computer.",
		})
		.finally(() => {
			creating = null;
		});
	await creating;
	return true;
}

startBackground({ wakeHost });
