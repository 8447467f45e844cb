/** Shows that lazy views of PyTorch are read with their sign, and that metadata nobody knows are refused. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { sharedFolder } from "../../node/testing/shared-folder.ts";
import { negate } from "./element-types.ts";
import { openTensorFile } from "./open-tensor-file.ts";
import { type Py, pyOrderedDict, pyTensor, writeTorchZip } from "./torch-writer.test-helper.ts";

const folder = mkdtempSync(join(tmpdir(), "umie-views-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "x.pt");

/** A tensor of a storage with further arguments: metadata, or a type and metadata. */
function withMore(type: string, data: ArrayBufferView & { readonly length: number }, more: readonly Py[], version = 2) {
	const plain = pyTensor({ type, key: "0", count: data.length }, [data.length]) as { readonly args: readonly Py[] };
	const call: Py = { global: ["torch._utils", `_rebuild_tensor_v${version}`] };
	writeFileSync(path, writeTorchZip(pyOrderedDict([["a", { call, args: [...plain.args, ...more] }]]), { 0: data }));
	const file = openTensorFile(path);
	try {
		return { values: [...file.readFloats("a")], part: [...file.readFloats("a", 1, 2)], bytes: file.readBytes("a") };
	} finally {
		file.close();
	}
}
const meta = (entries: readonly (readonly [string, Py])[]): Py => new Map(entries);

describe("metadata of a tensor", () => {
	test("neg turns the sign, in a whole tensor, a part and bytes; conj of real numbers changes nothing", () => {
		const { values, part, bytes } = withMore("FloatStorage", Float32Array.of(0, 1, 2), [meta([["neg", true]])]);
		expect([values, part]).toEqual([[-0, -1, -2], [-1]]);
		expect([...new Float32Array(bytes.buffer as ArrayBuffer)]).toEqual([-0, -1, -2]);
		expect(withMore("FloatStorage", Float32Array.of(0, 1, 2), [meta([["conj", true]])]).values).toEqual([0, 1, 2]);
	});

	test("behind the type of the third version they count, too", () => {
		const more: Py[] = [{ global: ["torch", "float32"] }, meta([["neg", true]])];
		expect(withMore("FloatStorage", Float32Array.of(3, -4), more, 3).values).toEqual([-3, 4]);
	});

	test("that nobody knows are refused by name, and so is a negative view of what has no sign", () => {
		expect(() => withMore("FloatStorage", Float32Array.of(1, 2), [meta([["dual", true]])])).toThrow(
			/the metadata "dual"/,
		);
		expect(() => withMore("ByteStorage", Uint8Array.of(1, 2), [meta([["neg", true]])])).toThrow(
			/U8 is a negative view/,
		);
		expect(() => withMore("FloatStorage", Float32Array.of(1, 2), ["neg"])).toThrow(
			/metadata of a tensor are not a dict/,
		);
	});
});

test.each([
	["F64", Float64Array.of(1.5, -2), Float64Array.of(-1.5, 2)],
	["F16", Uint16Array.of(0x3800, 0xc000), Uint16Array.of(0xb800, 0x4000)],
	["I64", BigInt64Array.of(7n, -256n), BigInt64Array.of(-7n, 256n)],
	["I32", Int32Array.of(0, 65536), Int32Array.of(0, -65536)],
	["I8", Int8Array.of(7, -2), Int8Array.of(-7, 2)],
])("%s is negated in its bytes", (dtype, values, expected) => {
	const bytes = new Uint8Array(values.buffer.slice(0));
	negate(bytes, dtype);
	expect(bytes).toEqual(new Uint8Array(expected.buffer));
});

const FOUND = join(sharedFolder() ?? "", "cases/files/torch-neg-view.pt");
test.skipIf(!existsSync(FOUND))(
	"a file of PyTorch's own has 0, -1, -2 (skipped where it is not beside the checkout)",
	() => {
		const file = openTensorFile(FOUND);
		const [name] = file.tensors.keys();
		expect([...file.readFloats(name!)].map((value) => value + 0)).toEqual([0, -1, -2]);
		file.close();
	},
);
