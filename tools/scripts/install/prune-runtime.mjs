/**
 * Deletes builds of onnxruntime-web that this project never loads (source maps, JSEP, WebGL, CommonJS) after an
 * install: 139 MB become 59. Nothing breaks if it did not run.
 */
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../node_modules/onnxruntime-web/dist");
const unused = [
	/^(?!ort\.(wasm|webgpu|jspi)\.min\.mjs).*\.map$/,
	/jsep|webgl|^ort\.all|^ort\.bundle|^ort\.(min\.)?mjs$|^ort\..*\.js$|^ort\.js$/,
];

try {
	for (const name of readdirSync(folder)) if (unused.some((pattern) => pattern.test(name))) rmSync(join(folder, name));
} catch (error) {
	if (error.code !== "ENOENT") throw error;
}
