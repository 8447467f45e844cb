/** Vite plugins that serve exactly the files of built-in bundles, and copy them into the build. */
import { createReadStream, existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";
import { type BuiltInName, builtInFolder } from "../../../src/bundle/built-in.ts";
import { parseManifest } from "../../../src/bundle/manifest.ts";

const TYPES: Readonly<Record<string, string>> = { json: "application/json", md: "text/plain; charset=utf-8" };

/** A model's card and the licences of what it was made from: they go wherever it goes. */
const BESIDE = ["README.md", "NOTICE"];

/** Every file of the bundle, by path, its card and its notice; the folder's other files stay behind. */
function listed(folder: string): string[] {
	const manifest = join(folder, "umie.json");
	if (!existsSync(manifest)) return [];
	const { files } = parseManifest(JSON.parse(readFileSync(manifest, "utf8")));
	const beside = BESIDE.filter((name) => existsSync(join(folder, name)));
	return [...new Set(["umie.json", ...Object.keys(files), ...beside])];
}

/** The built-in models that a page brings, where its code looks for them. @param root the project's folder */
export function builtInModels(root: string, names: readonly BuiltInName[]): Plugin[] {
	return names.map((name) => builtInModel({ folder: join(root, builtInFolder(name)), at: builtInFolder(name) }));
}

/** @param at path under the base where the page looks for the bundle, such as "models/umie-nano" */
export function builtInModel({ folder, at }: { readonly folder: string; readonly at: string }): Plugin {
	return {
		name: `umie:built-in-model:${at}`,
		configureServer(server) {
			server.middlewares.use((request, response, next) => {
				const path = decodeURIComponent(new URL(request.url ?? "/", "http://page").pathname).slice(1);
				const file = path.startsWith(`${at}/`) ? path.slice(at.length + 1) : null;
				// The list, not the address, decides what is read: no way out of the folder.
				if (file === null || !listed(folder).includes(file)) return next();
				const found = join(folder, file);
				response.setHeader("Content-Type", TYPES[file.split(".").at(-1) ?? ""] ?? "application/octet-stream");
				response.setHeader("Content-Length", statSync(found).size);
				createReadStream(found).pipe(response);
			});
		},
		generateBundle() {
			const files = listed(folder);
			if (files.length === 0) this.warn(`${folder} holds no umie.json: the page is built without this model`);
			for (const file of files)
				this.emitFile({ type: "asset", fileName: `${at}/${file}`, source: readFileSync(join(folder, file)) });
		},
	};
}
