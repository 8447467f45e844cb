/** Shows that harmless pickles give the values Python had, and that others are refused by the name they ask for. */
import { describe, expect, test } from "vitest";
import { readPickle } from "./pickle.ts";
import type { PickleValue } from "./pickle-machine.ts";
import { PYTHON_SYSTEM_CALLS, PYTHON_VALUES } from "./torch-fixtures.test-helper.ts";
import { isTensor, torchNames } from "./torch-objects.ts";
import { type Py, pyStorage, pyTensor, writePickle } from "./torch-writer.test-helper.ts";

const read = (bytes: Uint8Array): PickleValue => readPickle(bytes, torchNames(), "x.bin").value;
const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, "base64"));
const get = (value: PickleValue, key: string) => (value as Map<PickleValue, PickleValue>).get(key);
const bytes = (...parts: (string | number | Uint8Array)[]) =>
	Uint8Array.from(
		Buffer.concat(
			parts.map((part) =>
				typeof part === "string" ? Buffer.from(part, "latin1") : typeof part === "number" ? Uint8Array.of(part) : part,
			),
		),
	);

describe("values", () => {
	test.each(Object.entries(PYTHON_VALUES))("Python's own pickle of protocol %s reads as Python wrote it", (_, text) => {
		const value = read(fromBase64(text));
		expect(["epoch", "lr", "name", "flag", "none", "big", "neg"].map((key) => get(value, key))).toEqual([
			7,
			0.001,
			"ä€𝄞",
			true,
			null,
			2n ** 70n,
			-5,
		]);
		expect([get(value, "set"), get(get(value, "nested")!, "l")]).toEqual([
			[1, 2],
			[1, [2, [3]]],
		]);
	});

	test.each([0, 1, 2, 3, 4, 5])("a value written with protocol %i comes back", (protocol) => {
		const value: Py = new Map<Py, Py>([
			["list", [1, 255, 65_536, -1, 2 ** 40, 0.5]],
			["tuple", { tuple: [true, false, null, "x"] }],
			["empty", { tuple: [] }],
		]);
		const found = read(writePickle(value, protocol));
		expect([get(found, "list"), get(found, "tuple"), get(found, "empty")]).toEqual([
			[1, 255, 65_536, -1, 2 ** 40, 0.5],
			[true, false, null, "x"],
			[],
		]);
	});

	test("a dict's __proto__ is a key like any other", () => {
		const found = read(writePickle(new Map<Py, Py>([["__proto__", new Map<Py, Py>([["polluted", true]])]])));
		expect([...(found as Map<PickleValue, PickleValue>).keys()]).toEqual(["__proto__"]);
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
	});

	test("a dict that holds itself is read", () => {
		const found = read(bytes("}", "q", 0, "X", 1, 0, 0, 0, "a", "h", 0, "s", "."));
		expect(get(found, "a")).toBe(found);
	});

	test("Python 2's strings, dicts of pairs and INST read as data", () => {
		expect(read(bytes("S'a\\'b\\x41\\n'\n."))).toBe("a'bA\n");
		expect(read(bytes("U", 2, "hi", "."))).toBe("hi");
		expect(get(read(bytes("ccollections\nOrderedDict\n(]((K", 1, "K", 2, "letR.")) as never, 1 as never)).toBe(2);
		expect(read(bytes("(icollections\nOrderedDict\n."))).toEqual(new Map());
		expect(read(bytes("(ccollections\nOrderedDict\no."))).toEqual(new Map());
	});
});

describe("names", () => {
	const names = [
		"os.system",
		"posix.system",
		"builtins.eval",
		"builtins.exec",
		"builtins.getattr",
		"__builtin__.__import__",
		"subprocess.Popen",
		"torch.storage._load_from_bytes",
		"torch.load",
		"constructor.constructor",
		"numpy.load",
		"__main__.Model",
	];

	test.each(names)("%s is refused by its name in every protocol", (name) => {
		const [module, ...rest] = [name.slice(0, name.lastIndexOf(".")), name.slice(name.lastIndexOf(".") + 1)] as const;
		for (const protocol of [0, 1, 2, 3, 4, 5]) {
			const file = writePickle(
				new Map<Py, Py>([["w", [{ call: { global: [module, rest[0]!] }, args: ["echo x"] }]]]),
				protocol,
			);
			expect(() => read(file)).toThrow(`the file asks to call ${name}: refused`);
		}
	});

	test.each(Object.entries(PYTHON_SYSTEM_CALLS))("os.system as Python %s pickles it is refused", (_, text) => {
		expect(() => read(fromBase64(text))).toThrow("the file asks to call posix.system: refused");
	});

	test("a name cannot smuggle control characters into a message", () => {
		expect(() => read(bytes("ca\x1b[2J\nb\n."))).toThrow("the file asks to call a?[2J.b: refused");
	});

	test("a type is never called, nor is a value", () => {
		expect(() => read(bytes("ctorch\nFloatStorage\n)R."))).toThrow("asks to call torch.FloatStorage: refused");
		expect(() => read(bytes("K", 1, ")R."))).toThrow("asks to call a value that is not a function: refused");
		expect(() => read(bytes("(os.system\n."))).toThrow("x.bin: ");
	});

	test.each([
		["the extension registry", bytes(0x82, 1, ".")],
		["buffers outside itself", bytes(0x97, ".")],
	])("%s is refused", (what, file) => {
		expect(() => read(file)).toThrow(`its pickle uses ${what}: refused`);
	});

	test("a persistent id that is not a storage is refused", () => {
		expect(() =>
			read(writePickle({ persistent: { tuple: ["module", { global: ["torch", "FloatStorage"] }, "0", "cpu", 1] } })),
		).toThrow("something other than a storage");
		expect(() => read(bytes("Pstorage\n."))).toThrow("something other than a storage");
	});
});

describe("limits", () => {
	test("a memo bomb of lists of lists costs its own length", () => {
		const levels = Array.from({ length: 200 }, (_, level) =>
			bytes("]", "q", level + 1, "(", "h", level, "h", level, "h", level, "e"),
		);
		const found = read(bytes("]", "q", 0, ...levels, "."));
		expect(found).toHaveLength(3);
	});

	test("a list remembered once cannot be copied without end", () => {
		const long = bytes(
			"](",
			...Array.from({ length: 5000 }, () => bytes("K", 1, "K", 2, Uint8Array.of(0x86))),
			"eq",
			0,
			"0",
		);
		const copy = bytes("ccollections\nOrderedDict\n", "h", 0, Uint8Array.of(0x85), "R");
		expect(() => read(bytes(long, ...Array.from({ length: 300 }, () => copy), "."))).toThrow(
			"takes more than 500000 steps",
		);
	});

	test.each([
		[
			"half a million opcodes",
			bytes(...Array.from({ length: 6 }, () => "N0".repeat(50_000)), "."),
			"takes more than 500000 steps",
		],
		["a tall stack", bytes("N".repeat(100_001), "."), "stacks more than 100000 values"],
		["marks without end", bytes("(".repeat(100_001), "."), "sets more than 100000 marks"],
		["an integer of 100 bytes", bytes(0x8a, 100, new Uint8Array(100), "."), "an integer of 100 bytes"],
		["an integer of 4 GB", bytes(0x8b, 0xff, 0xff, 0xff, 0xff, "."), "an integer of 4 GiB"],
		["a string of 2^63 bytes", bytes(0x8d, 0, 0, 0, 0, 0, 0, 0, 0x80, "."), "ends early"],
		["a frame longer than the file", bytes(0x95, 9, 0, 0, 0, 0, 0, 0, 0, "."), "longer than the pickle"],
		["protocol 6", bytes(0x80, 6, "N."), "of protocol 6"],
		["an empty stack", bytes("."), "off an empty stack"],
		["a value below a mark", bytes("N(."), "off an empty stack"],
		["no mark", bytes("t."), "a mark that was never set"],
		["an unknown memo", bytes("h", 1, "."), "recalls value 1"],
		["an unknown opcode", bytes(0xff), "0xff, which is not a known opcode"],
		["broken UTF-8", bytes("X", 1, 0, 0, 0, 0xff, "."), "not UTF-8"],
	])("%s is a failure", (_, file, what) => {
		expect(() => read(file)).toThrow(what);
	});
});

describe("tensors", () => {
	const storage = { type: "FloatStorage", key: "0", count: 6 };

	test("a tensor is a description of a view", () => {
		const found = read(writePickle(pyTensor(storage, [2, 2], [3, 1], 1)));
		expect(isTensor(found) && [found.shape, found.strides, found.offset, found.storage.count, found.dtype]).toEqual([
			[2, 2],
			[3, 1],
			1,
			6,
			"F32",
		]);
	});

	test("a newer dtype is read through an untyped storage", () => {
		const untyped: Py = {
			persistent: { tuple: ["storage", { global: ["torch.storage", "UntypedStorage"] }, "0", "cpu", 4] },
		};
		const found = read(
			writePickle({
				call: { global: ["torch._utils", "_rebuild_tensor_v3"] },
				args: [untyped, 0, { tuple: [4] }, { tuple: [1] }, false, null, { global: ["torch", "float8_e4m3fn"] }],
			}),
		);
		expect(isTensor(found) && found.dtype).toBe("F8_E4M3");
	});

	test("a shape that grows after it was checked does not grow the tensor", () => {
		// shape is a list, remembered as 0 and appended to after the tensor was made
		const file = bytes(
			0x80,
			2,
			"ctorch._utils\n_rebuild_tensor_v2\n(",
			writePickle(pyStorage(storage)).subarray(2, -1),
			"K",
			0,
			"](K",
			6,
			"eq",
			0,
			"](K",
			1,
			"e",
			0x89,
			"NtRh",
			0,
			"K",
			9,
			"a0.",
		);
		const found = read(file);
		expect(isTensor(found) && found.shape).toEqual([6]);
	});

	test.each([
		["past the end", [7], [1], 0],
		["past the end by its offset", [6], [1], 1],
		["past the end by its stride", [2], [6], 0],
		["with other strides than axes", [6], [1, 1], 0],
		["with a negative axis", [-1], [1], 0],
		["with an axis of 2^60", [2 ** 53 - 1, 2 ** 20], [0, 0], 0],
		["that repeats one value a million times", [2 ** 21], [0], 0],
	])("a tensor %s is a failure", (_, shape, strides, offset) => {
		expect(() => read(writePickle(pyTensor(storage, shape, strides, offset)))).toThrow(/tensor/i);
	});
});
