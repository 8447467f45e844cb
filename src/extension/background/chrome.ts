/** Goes in: nothing. Comes out: the background as Chrome's service worker, with the engine's host in an offscreen document. */
import { api } from "../common/api.ts";
import { startBackground } from "./background.ts";

/** Several tabs may ask at once; Chrome refuses a second document. */
let making: Promise<void> | null = null;

async function wakeHost(): Promise<boolean> {
	const { offscreen } = api;
	if (!offscreen) return false;
	if (await offscreen.hasDocument()) return true;
	making ??= offscreen
		.createDocument({
			url: "offscreen.html",
			reasons: ["WORKERS"],
			justification: "Runs the extraction model in a worker, on this computer.",
		})
		.finally(() => {
			making = null;
		});
	await making;
	return true;
}

startBackground({ wakeHost });
