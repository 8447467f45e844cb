/**
 * Turns the built element in dist/element into an npm package: package.json, the types of the last `tsc -b`,
 * custom-elements.json and integrity hashes.
 */
import { createHash } from "node:crypto";
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { customElementsManifest } from "../../../src/element/manifest.ts";

const ROOT = join(import.meta.dirname, "../../..");
const FOLDER = join(ROOT, "dist/element");
/** Where the compiler writes declarations: one folder per thread. */
const DECLARATIONS = ["core", "page"].map((thread) => join(ROOT, ".cache/types", thread, "src"));
const TYPED = ["core", "bundle", "tasks", "client", "element"];

const root = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as Record<string, unknown> & {
	dependencies: Record<string, string>;
};

const entry = (name: string, types = name) => ({ types: `./types/element/${types}.d.ts`, default: `./${name}.js` });
const EXPORTS = {
	".": entry("index"),
	"./element": entry("umie-extractor"),
	"./react": entry("react"),
	"./bundle": entry("bundle"),
	"./custom-elements.json": "./custom-elements.json",
	"./package.json": "./package.json",
};

function packageJson(): object {
	const { version, description, license } = root;
	return {
		name: root.name,
		version,
		description,
		license,
		type: "module",
		exports: EXPORTS,
		customElements: "custom-elements.json",
		sideEffects: ["./umie-extractor.js"],
		// The declarations use its types; its code is inside the modules.
		dependencies: { zod: root.dependencies.zod },
		peerDependencies: { react: ">=19" },
		peerDependenciesMeta: { react: { optional: true } },
	};
}

/** Declarations import `./x.ts` as sources do, which only sources may: here it becomes `./x.js`. */
function writeTypes(): void {
	const target = join(FOLDER, "types");
	rmSync(target, { recursive: true, force: true });
	for (const source of DECLARATIONS)
		cpSync(source, target, {
			recursive: true,
			filter: (path) => statSync(path).isDirectory() || path.endsWith(".d.ts"),
		});
	for (const name of readdirSync(target)) if (!TYPED.includes(name)) rmSync(join(target, name), { recursive: true });
	for (const path of readdirSync(target, { recursive: true, encoding: "utf8" })) {
		if (!path.endsWith(".d.ts")) continue;
		const file = join(target, path);
		writeFileSync(file, readFileSync(file, "utf8").replaceAll(/(["'])(\.\.?\/[^"']+)\.tsx?\1/g, "$1$2.js$1"));
	}
}

/** `sha384-…` of every script, for `<script integrity>` and import maps. @see https://www.w3.org/TR/SRI/ */
function integrity(): Record<string, string> {
	const scripts = readdirSync(FOLDER).filter((name) => /\.m?js$/.test(name));
	return Object.fromEntries(
		scripts.map((name) => [
			name,
			`sha384-${createHash("sha384")
				.update(readFileSync(join(FOLDER, name)))
				.digest("base64")}`,
		]),
	);
}

const writeJson = (name: string, value: unknown) =>
	writeFileSync(join(FOLDER, name), `${JSON.stringify(value, null, "\t")}\n`);

writeTypes();
writeJson("package.json", packageJson());
writeJson("custom-elements.json", customElementsManifest());
const hashes = integrity();
writeJson("integrity.json", hashes);
cpSync(join(ROOT, "LICENSE"), join(FOLDER, "LICENSE"));
cpSync(join(ROOT, "src/element/README.md"), join(FOLDER, "README.md"));
for (const [name, hash] of Object.entries(hashes)) console.log(`${hash}  ${name}`);
