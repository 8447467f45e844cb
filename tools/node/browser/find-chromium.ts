/** Finds an installed Chromium, and gives the arguments it runs with here. */
import { existsSync } from "node:fs";

/** Where Linux distributions put it, in the order of preference. */
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** An installed Chromium, `UMIE_CHROMIUM` first; undefined means Playwright's own. */
export function findChromium(): string | undefined {
	const named = process.env.UMIE_CHROMIUM;
	if (named && !existsSync(named))
		throw new Error(`UMIE_CHROMIUM names ${named}, which does not exist: correct it or unset it.`);
	return named || PLACES.find((place) => existsSync(place));
}

/** No sandbox for root only (Chromium refuses it there); no talking to the outside. */
export function chromiumArgs({ webgpu = false } = {}): string[] {
	return [
		...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
		"--disable-background-networking",
		"--disable-component-update",
		"--disable-sync",
		"--no-first-run",
		// A software adapter, so that WebGPU can be tested without a graphics card.
		...(webgpu
			? ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan,WebGPU"]
			: []),
	];
}
