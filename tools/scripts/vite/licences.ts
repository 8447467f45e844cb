/** A Vite plugin that puts our licence and the notices of third parties beside whatever is built. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { LICENCE_FILE, NOTICES_FILE, thirdPartyNotices } from "../licences/notices.ts";

/** @param root the project's folder */
export function licences(root: string): Plugin {
	const files: Readonly<Record<string, () => Promise<string>>> = {
		[LICENCE_FILE]: async () => readFileSync(join(root, "LICENSE"), "utf8"),
		[NOTICES_FILE]: () => thirdPartyNotices(root),
	};
	return {
		name: "umie:licences",
		configureServer(server) {
			server.middlewares.use((request, response, next) => {
				const text = files[new URL(request.url ?? "/", "http://page").pathname.slice(1)];
				if (text === undefined) return next();
				response.setHeader("Content-Type", "text/plain; charset=utf-8");
				text().then((body) => response.end(body), next);
			});
		},
		async generateBundle() {
			for (const [fileName, text] of Object.entries(files))
				this.emitFile({ type: "asset", fileName, source: await text() });
		},
	};
}
