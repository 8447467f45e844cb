/** Checks that every package and WebAssembly file that is shipped has its notice in the text that travels with it. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { WASM_FILES } from "./inside-wasm.ts";
import { thirdPartyNotices } from "./notices.ts";

const ROOT = join(import.meta.dirname, "../../..");
const modules = join(ROOT, "node_modules");

interface Locked {
	readonly dev?: boolean;
	readonly optional?: boolean;
	readonly peer?: boolean;
	readonly version: string;
	readonly name?: string;
}

test("every installed package of the lock file that is not for development alone is named", async () => {
	const notices = await thirdPartyNotices(ROOT);
	const { packages } = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
		packages: Record<string, Locked>;
	};
	const shipped = Object.entries(packages).filter(
		([path, { dev, optional, peer }]) => path.startsWith("node_modules/") && !dev && !optional && !peer,
	);
	expect(shipped.length).toBeGreaterThan(20);
	const missing = shipped
		.filter(([path]) => existsSync(join(ROOT, path)))
		.map(([path, { name, version }]) => `${name ?? path.split("node_modules/").at(-1)}@${version}`)
		.filter((name) => !notices.includes(`- ${name}`));
	expect(missing).toEqual([]);
});

test.each(WASM_FILES)("what is inside $path is known for this very file", ({ path, sha256 }) => {
	expect(
		createHash("sha256")
			.update(readFileSync(join(modules, path)))
			.digest("hex"),
	).toBe(sha256);
});

test("every WebAssembly file of the runtime is listed", () => {
	const found = readdirSync(join(modules, "onnxruntime-web/dist")).filter((name) => name.endsWith(".wasm"));
	const listed = WASM_FILES.map(({ path }) => path.split("/").at(-1));
	expect(found.filter((name) => !listed.includes(name))).toEqual([]);
});

test("each component is named once, with its terms", async () => {
	const notices = await thirdPartyNotices(ROOT);
	for (const { name, copyright, source } of WASM_FILES.flatMap(({ holds }) => holds))
		expect(notices.split(`${name}\n  ${copyright}\n  ${source}`)).toHaveLength(2);
	expect(notices).toContain("Independent JPEG Group");
	expect(notices).toContain("WITHOUT WARRANTY OF ANY KIND");
});
