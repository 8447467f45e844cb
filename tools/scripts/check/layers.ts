/** Refuses imports that a folder's row does not name, and circles. Types count like values. */
import { type Finding, isTest, type Source } from "./sources.ts";

/** What a folder may import: folders or files of ours, and packages. Itself is always allowed. */
type Allowed = readonly string[];

const NODE = ["node:*"];
const PAGE = [
	"src/core",
	"src/languages",
	"src/messages",
	"src/bundle",
	"src/tasks",
	"src/client",
	"src/corrections",
	"src/exports",
	"src/inputs",
	"src/ui",
];
const EXTENSION = "src/extension/common";
const PROTOCOLS = ["src/client/protocol.ts", "src/client/detector-protocol.ts"];
const ENGINE = ["src/core", "src/languages", "src/bundle", "src/tasks", ...PROTOCOLS];
const CORE_TO_WORKERS = [
	"src/core",
	"src/languages",
	"src/bundle",
	"src/tasks",
	"src/client",
	"src/exports",
	"src/inputs",
	"workers",
];

/**
 * The layers. The row with the longest path that holds a file counts for it. A folder without a row may import nothing,
 * so a new top folder needs one. Tests may import what they like, but no circle may run through them.
 */
export const LAYERS: Readonly<Record<string, Allowed>> = {
	"src/core": ["lossless-json", "zod/mini"],
	"src/messages": ["src/core", "src/bundle"],
	"src/languages": ["src/core", "lande"],
	"src/bundle": ["src/core", "zod/mini"],
	"src/tasks": ["src/core", "src/bundle", "papaparse", "zod/mini"],
	"src/tasks/layout": ["src/core"],
	"src/client": ["src/core", "src/bundle", "src/tasks", "comlink"],
	"src/corrections": ["src/core"],
	"src/exports": ["src/core", "fflate", "htmlparser2", "papaparse", "zod/mini"],
	"src/ui": ["src/core", "src/languages/note.ts", "src/messages", "src/corrections", "src/tasks/layout", "react"],
	"src/inputs": [
		"src/core",
		"@ipld/car",
		"@ipld/dag-cbor",
		"@mozilla/readability",
		"@zip.js/zip.js",
		"chardet",
		"fzstd",
		"htmlparser2",
		"linkedom",
		"mammoth",
		"pdfjs-dist",
		"read-excel-file",
	],
	"src/app": [...PAGE, "pdfjs-dist", "react", "react-dom", "zod/mini"],
	"src/app/docs": [...PAGE, "src/app", "src/element", "react"],
	"src/app/many": [...PAGE, "src/app", "@tanstack/react-virtual", "d3-force", "idb", "react"],
	"src/element": [
		"src/core",
		"src/messages",
		"src/bundle",
		"src/tasks",
		"src/client",
		"src/ui",
		"workers/engine.worker.ts",
		"react",
		"react-dom",
		"zod/mini",
	],
	"src/extension/common": ["src/core", "src/messages", "src/tasks", "src/client", "src/extension/_locales", "zod/mini"],
	"src/extension/adapters": [EXTENSION],
	"src/extension/background": [EXTENSION],
	"src/extension/view": [EXTENSION, "src/core", "src/messages", "src/ui"],
	"src/extension/content": [
		EXTENSION,
		"src/extension/adapters",
		"src/extension/view",
		"src/core",
		"src/exports",
		"src/messages",
		"src/ui",
	],
	"src/extension/host": [EXTENSION, "src/extension/background", "src/core", "src/bundle", "src/client", "zod/mini"],
	"src/extension/pages": ["src/extension", "src/core", "src/messages", "src/bundle", "src/tasks", "src/exports"],
	workers: [...ENGINE, "comlink", "onnxruntime-web"],
	"workers/bundle": ENGINE,
	"workers/detect": [...ENGINE, "workers", "@xenova/transformers"],
	"workers/model": [...ENGINE, "workers", "onnxruntime-web"],
	"workers/search": ["src/core", "src/tasks"],
	"workers/text": ["src/core", "src/bundle", "src/tasks"],
	"workers/vision": [...ENGINE, "image-size"],
	"tools/node": [...CORE_TO_WORKERS, "@jsquash", "jpeg-js", "onnxruntime-web", ...NODE],
	"tools/exporter": [...CORE_TO_WORKERS, "tools/node", "onnxruntime-web", "playwright", "zod/mini", ...NODE],
	"tools/evaluator": [
		...CORE_TO_WORKERS,
		"tools/node",
		"tools/exporter",
		"tools/cli",
		"tools/scripts/vite",
		"comlink",
		"playwright",
		"vite",
		"zod/mini",
		...NODE,
	],
	"tools/cli": [...CORE_TO_WORKERS, "tools/node", "tools/exporter", "tools/evaluator", "onnxruntime-web", ...NODE],
	"tools/bench": [
		...CORE_TO_WORKERS,
		"src/app/state",
		"tools",
		"@xenova/transformers",
		"comlink",
		"compromise",
		"onnxruntime-web",
		"papaparse",
		"playwright",
		"vite",
		...NODE,
	],
	"tools/trainer": ["src/core", "src/tasks", ...NODE],
	"tools/scripts": ["src", "tools/node", "fflate", "vite", "zod/mini", ...NODE],
	"tools/scripts/licences": ["generate-license-file", ...NODE],
	"tools/scripts/vite": ["src/bundle", "tools/scripts/licences", "vite", ...NODE],
};

/** Imports that no row allows. */
export function forbiddenImports(files: readonly Source[], layers = LAYERS): Finding[] {
	const findings: Finding[] = [];
	for (const { path, imports } of files) {
		if (isTest(path) || !path.includes("/")) continue;
		const row = Object.keys(layers)
			.filter((folder) => path.startsWith(`${folder}/`))
			.sort((a, b) => b.length - a.length)[0];
		const allowed = row === undefined ? [] : [row, ...(layers[row] ?? [])];
		for (const { specifier, target, line } of imports) {
			if (allowed.some((name) => covers(name, target ?? specifier))) continue;
			findings.push({ path, line, what: `${row ?? "a folder without a row"} may not import ${target ?? specifier}` });
		}
	}
	return findings;
}

const covers = (allowed: string, name: string) =>
	allowed.endsWith("*") ? name.startsWith(allowed.slice(0, -1)) : name === allowed || name.startsWith(`${allowed}/`);

/** Groups of files that import each other, directly or through others. */
export function circles(files: readonly Source[]): Finding[] {
	const imports = new Map(files.map((file) => [file.path, targetsOf(file)]));
	return strongComponents(imports)
		.filter((group) => group.length > 1 || imports.get(group[0] ?? "")?.includes(group[0] ?? ""))
		.map((group) => ({ path: group[0] ?? "", what: `imports itself through ${group.slice(1).sort().join(", ")}` }));
}

const targetsOf = ({ imports }: Source) => imports.flatMap(({ target }) => target ?? []);

/** Tarjan's strongly connected components. */
function strongComponents(edges: ReadonlyMap<string, readonly string[]>): string[][] {
	const index = new Map<string, number>();
	const low = new Map<string, number>();
	const stack: string[] = [];
	const groups: string[][] = [];
	const visit = (node: string) => {
		const at = index.size;
		index.set(node, at);
		low.set(node, at);
		stack.push(node);
		for (const next of edges.get(node) ?? []) {
			if (!edges.has(next)) continue;
			if (!index.has(next)) visit(next);
			if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? at, low.get(next) ?? at));
		}
		if (low.get(node) === at) groups.push(stack.splice(stack.indexOf(node)));
	};
	for (const node of edges.keys()) if (!index.has(node)) visit(node);
	return groups;
}
