/** Picked files and typed addresses become bundles, or failures that say what is missing. */
import { describe, expect, test } from "vitest";
import { bundleAddress, bundleFromFiles } from "./bundle-files.ts";

const picked = (path: string) =>
	Object.assign(new Blob(["x"]), {
		name: path.split("/").at(-1) ?? path,
		webkitRelativePath: path.includes("/") ? path : "",
	});
const paths = (...all: string[]) => bundleFromFiles(all.map(picked)).files.map(({ path }) => path);

describe("bundleFromFiles", () => {
	test("loose files keep their names", () => {
		expect(paths("umie.json", "decoder.onnx")).toEqual(["umie.json", "decoder.onnx"]);
	});

	test("the picked folder's name is not part of the paths", () => {
		expect(paths("umie-nano/umie.json", "umie-nano/int8/decoder.weights")).toEqual([
			"umie.json",
			"int8/decoder.weights",
		]);
	});

	test("the umie.json nearest to the top counts, files outside its folder are left out", () => {
		expect(paths("models/a/umie.json", "models/a/old/umie.json", "models/README.md")).toEqual([
			"umie.json",
			"old/umie.json",
		]);
	});

	test("without umie.json the failure counts what was picked", () => {
		expect(() => paths("a.onnx", "b.onnx")).toThrow("2 files were chosen, but umie.json is not among them.");
	});
});

describe("bundleAddress", () => {
	const base = "https://page.example/app/";
	test("an address names a folder, whether or not it was typed as one", () => {
		const same = "https://host.example/m/";
		expect(
			["https://host.example/m", "https://host.example/m/", " https://host.example/m/umie.json "].map((typed) =>
				bundleAddress(typed, base),
			),
		).toEqual([same, same, same]);
	});

	test("a relative address starts at the page", () => {
		expect(bundleAddress("models/x", base)).toBe("https://page.example/app/models/x/");
	});

	test("a query or fragment is dropped: file names are added to the address", () => {
		expect(bundleAddress("https://host.example/m?key=1#a", base)).toBe("https://host.example/m/");
	});

	test("other schemes and empty addresses are refused", () => {
		expect(() => bundleAddress("javascript:alert(1)", base)).toThrow("Addresses begin with https://");
		expect(() => bundleAddress("  ", base)).toThrow("No address was given.");
	});
});
