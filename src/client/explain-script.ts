/** Says why a worker's script did not start: it is not there, or something on the way blocks it. */
import { Failure } from "../core/failure.ts";

/** Milliseconds to wait for the server. */
const MAX_WAIT_MS = 5000;

/** @returns `assets-missing`, `offline` or `script-blocked`. Never rejects */
export async function explainScript(address: string): Promise<Failure> {
	const shown = address.slice(0, 200);
	try {
		const response = await fetch(address, { signal: AbortSignal.timeout(MAX_WAIT_MS) });
		const type = response.headers.get("Content-Type") ?? "";
		await response.body?.cancel();
		// A server of a single-page app answers every address with its page.
		if (!response.ok || /^text\/html\b/i.test(type))
			return new Failure("assets-missing", `The script of the engine's thread is not at ${shown}.`);
		return new Failure("script-blocked", `The script at ${shown} is there, but the browser did not let it run.`);
	} catch (cause) {
		if (globalThis.navigator?.onLine === false)
			return new Failure("offline", `There is no network to fetch ${shown}.`, { cause });
		return new Failure("script-blocked", `The script at ${shown} was blocked on its way.`, { cause });
	}
}
