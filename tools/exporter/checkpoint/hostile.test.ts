/**
 * Feeds the readers thousands of made-up and damaged files, the same ones each time: every one gives its tensors or a
 * typed failure, in little memory. A hang ends in the test's timeout.
 */
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { Failure, type FailureCode } from "../../../src/core/failure.ts";
import { openTensorFile } from "./open-tensor-file.ts";
import { encodeSafetensors } from "./safetensors-writer.ts";
import {
	type Py,
	pyOrderedDict,
	pyTensor,
	writeLegacyTorch,
	writePickle,
	writeTorchZip,
} from "./torch-writer.test-helper.ts";
import { numbers, writeZip } from "./zip-writer.test-helper.ts";

const EXPECTED_CODES: ReadonlySet<FailureCode> = new Set<FailureCode>([
	"checkpoint-format",
	"checkpoint-tensors",
	"input-unreadable",
	"out-of-memory",
]);
const MAX_MEMORY = 300 * 1024 * 1024;

const folder = mkdtempSync(join(tmpdir(), "umie-hostile-"));
const path = join(folder, "x.bin");
const seen = { cases: 0, read: 0, memory: 0 };
const fd = openSync(path, "w+");
afterAll(() => {
	closeSync(fd);
	rmSync(folder, { recursive: true });
});

/** Opens the file and reads every tensor. @returns null, or the failure */
function attempt(bytes: Uint8Array, what: string): Failure | null {
	// One open file, cut to length: making a file anew takes 2.5 ms on some disks, six thousand times.
	for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at, bytes.length - at, at);
	ftruncateSync(fd, bytes.length);
	seen.cases++;
	const [most, now] = [mostMemory(), process.memoryUsage.rss()];
	try {
		readEverything();
		seen.read++;
		return null;
	} catch (error) {
		// No `expect` per case: it costs more than the case.
		if (error instanceof Failure && EXPECTED_CODES.has(error.code)) return error;
		throw new Error(`${what} ends in ${String(error)}`, { cause: error });
	} finally {
		if (mostMemory() > most) seen.memory = Math.max(seen.memory, mostMemory() - now);
	}
}

/** Bytes, the most so far. */
function mostMemory(): number {
	return process.resourceUsage().maxRSS * 1024;
}

function readEverything(): void {
	const file = openTensorFile(path);
	try {
		for (const [name, { shape }] of file.tensors) {
			const length = shape.reduce((product, dim) => product * dim, 1);
			if (file.readFloats(name).length !== length)
				throw new Error(`${name} [${shape}] came with another number of values`);
		}
	} finally {
		file.close();
	}
}

/** mulberry32 */
function generator(seed: number) {
	let state = seed;
	const next = () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
	const below = (count: number) => Math.floor(next() * count);
	return { below, pick: <T>(from: readonly T[]): T => from[below(from.length)]! };
}
type Random = ReturnType<typeof generator>;

/** One to four changes: a byte, a run of bytes, a number of 32 or 64 bits, a piece cut out or doubled. */
function damage(bytes: Uint8Array, random: Random): Uint8Array {
	let out = Buffer.from(bytes);
	for (let left = 1 + random.below(4); left > 0 && out.length > 8; left--) {
		const at = random.below(out.length - 8);
		const change = random.below(6);
		if (change === 0) out[at] = random.below(256);
		else if (change === 1) out[at]! ^= 1 << random.below(8);
		else if (change === 2) out.fill(random.pick([0, 255, 0x28, 0x5d]), at, at + random.below(8));
		else if (change === 3)
			out.set(numbers([random.pick([2, 4, 8]), random.pick([0, 1, 255, 2 ** 31, 2 ** 32 - 1, 2 ** 53])]), at);
		else if (change === 4) out = Buffer.concat([out.subarray(0, at), out.subarray(at + random.below(64))]);
		else out = Buffer.concat([out.subarray(0, at + 8), out.subarray(at)]);
	}
	return out;
}

const SIX = Float32Array.of(1, 2, 3, 4, 5, 6);
const storage = { type: "FloatStorage", key: "0", count: 6 };
const STATE: Py = new Map<Py, Py>([
	["epoch", 3],
	[
		"state_dict",
		pyOrderedDict([
			["module.a", pyTensor(storage, [2, 3])],
			["module.b", pyTensor(storage, [3, 2], [1, 3])],
			["module.c", pyTensor(storage, [2], [1], 4)],
		]),
	],
]);
const safetensors = () =>
	Buffer.concat(
		encodeSafetensors([
			{ name: "a", dtype: "float32", shape: [2, 3], data: SIX },
			{ name: "b", dtype: "int64", shape: [1], data: BigInt64Array.of(1n) },
			{ name: "c", dtype: "float16", shape: [0, 5], data: new Uint16Array(0) },
		]),
	);

const WHOLE: Readonly<Record<string, Uint8Array>> = {
	safetensors: safetensors(),
	"a stored archive": writeTorchZip(STATE, { "0": SIX }),
	"a deflated ZIP64 archive": writeTorchZip(STATE, { "0": SIX }, { deflate: true, zip64: true, align: 1, protocol: 4 }),
	"an old PyTorch file": writeLegacyTorch(STATE, { "0": { count: 6, data: SIX } }),
	"an index": Buffer.from('{"metadata":{},"weight_map":{"a":"s-1.bin","b":"../s-2.bin"}}'),
};

describe.each(Object.entries(WHOLE))("%s", (name, whole) => {
	test("cut at every byte", () => {
		for (let length = 0; length < whole.length; length++) {
			const failure = attempt(whole.subarray(0, length), `${length} bytes of ${name}`);
			if (failure === null) throw new Error(`${length} bytes of ${name} were taken for the whole`);
		}
	});

	test("damaged in 300 ways", () => {
		const random = generator(1);
		for (let index = 0; index < 300; index++) attempt(damage(whole, random), `damage ${index} of ${name}`);
	});
});

describe("safetensors headers", () => {
	const DTYPES = ["F32", "I64", "U8", "F8_E4M3", "constructor", "__proto__", "", 7, null];
	const NUMBERS = [0, 1, 2, 3, 4, 6, 8, 24, -1, 0.5, 1e300, 2 ** 31, 2 ** 53, "1", null];
	const NAMES = ["a", "b", "__proto__", "constructor", "__metadata__", "", "\u0000", "a".repeat(5000)];

	function header(random: Random): string {
		const list = () => Array.from({ length: random.below(4) }, () => random.pick(NUMBERS));
		const tensor = () =>
			JSON.stringify({
				dtype: random.pick(DTYPES),
				shape: list(),
				data_offsets: [random.pick(NUMBERS), random.pick(NUMBERS)],
			});
		const fitting = () => {
			const shape = random.pick(["6", "2,3", "1,6,1", "0", "6,-1,-1", `${2 ** 52},${2 ** 52},0`]);
			const offsets = random.pick(["0,24", "24,24", "0,0", "4,28", "0,23"]);
			return `{"dtype":"F32","shape":[${shape}],"data_offsets":[${offsets}]}`;
		};
		const value = () =>
			random.pick([
				tensor,
				tensor,
				fitting,
				fitting,
				() => "null",
				() => "[]",
				() => '{"format":"pt"}',
				() => "[".repeat(2000),
			])();
		const entry = () => `${JSON.stringify(random.pick(NAMES))}:${value()}`;
		return `{${Array.from({ length: random.below(4) }, entry).join(",")}}`;
	}

	test("400 made-up ones over the same 24 bytes", () => {
		const random = generator(2);
		for (let index = 0; index < 400; index++) {
			const text = Buffer.from(header(random));
			attempt(Buffer.concat([numbers([8, text.length]), text, new Uint8Array(SIX.buffer)]), `header ${text}`);
		}
	});

	test.each([0, 1, 8, 100_000_000, 100_000_001, 2 ** 31, 2 ** 53, 2 ** 60])("a length of %i is a failure", (length) => {
		expect(attempt(Buffer.concat([numbers([8, length]), Buffer.from('{"a":1}')]), `length ${length}`)).not.toBeNull();
	});

	test.each<[string, string]>([
		[
			"duplicate keys",
			'{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}}',
		],
		[
			"an overlap",
			'{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},"b":{"dtype":"F32","shape":[1],"data_offsets":[20,24]}}',
		],
		[
			"a gap",
			'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[20,24]}}',
		],
		["bytes of nobody at the end", '{"a":{"dtype":"F32","shape":[5],"data_offsets":[0,20]}}'],
		["a negative shape", '{"a":{"dtype":"F32","shape":[-6],"data_offsets":[0,24]}}'],
		["a shape of 2^104 elements", `{"a":{"dtype":"F32","shape":[${2 ** 52},${2 ** 52}],"data_offsets":[0,24]}}`],
	])("%s is a failure", (_, text) => {
		expect(
			attempt(Buffer.concat([numbers([8, text.length]), Buffer.from(text), new Uint8Array(SIX.buffer)]), text),
		).not.toBeNull();
	});

	test("a tensor of no elements is read", () => {
		const text =
			'{"a":{"dtype":"F32","shape":[6],"data_offsets":[0,24]},' +
			'"z":{"dtype":"F32","shape":[0,7],"data_offsets":[24,24]},' +
			'"__proto__":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}';
		expect(
			attempt(Buffer.concat([numbers([8, text.length]), Buffer.from(text), new Uint8Array(SIX.buffer)]), text),
		).toBeNull();
	});
});

/** An archive around the bytes of a pickle. */
const archive = (pickle: Uint8Array) =>
	writeZip([
		{ name: "x/data.pkl", data: pickle },
		{ name: "x/data/0", data: new Uint8Array(SIX.buffer) },
	]);

describe("pickles", () => {
	const CALLS = [
		"os.system",
		"posix.system",
		"nt.system",
		"builtins.eval",
		"builtins.exec",
		"builtins.open",
		"builtins.__import__",
		"__builtin__.eval",
		"subprocess.call",
		"runpy.run_path",
		"pickle.loads",
		"torch.storage._load_from_bytes",
		"torch.load",
		"torch.hub.load",
		"operator.attrgetter",
		"functools.partial",
		"numpy.testing._private.utils.runstring",
		"constructor.constructor",
		"__proto__.toString",
		"collections.OrderedDict.__init_subclass__",
	];

	function nest(call: Py, random: Random): Py {
		let value = call;
		for (let depth = random.below(4); depth > 0; depth--) {
			value = random.pick<(inner: Py) => Py>([
				(inner) => [1, inner],
				(inner) => new Map<Py, Py>([["state_dict", inner]]),
				(inner) => ({ tuple: [inner, null] }),
				(inner) => pyOrderedDict([["__proto__", inner]]),
			])(value);
		}
		return value;
	}

	test("calls of every protocol, hidden anywhere, are refused by name", () => {
		const random = generator(3);
		for (const name of CALLS) {
			for (const protocol of [0, 1, 2, 3, 4, 5]) {
				const dot = name.lastIndexOf(".");
				const call: Py = { call: { global: [name.slice(0, dot), name.slice(dot + 1)] }, args: ["echo x"] };
				for (const value of [call, nest(call, random)]) {
					const failure = attempt(archive(writePickle(value, protocol)), `${name}, protocol ${protocol}`);
					expect(failure?.what).toBe(`x.bin: the file asks to call ${name}: refused.`);
				}
			}
		}
	});

	/** Opcodes with arguments that fit, so that most of them are carried out. */
	const SOUP: readonly (readonly (string | number)[])[] = [
		["("],
		["("],
		["("],
		["]"],
		["}"],
		[")"],
		["t"],
		["l"],
		["d"],
		["N"],
		["K", 1],
		["M", 1, 1],
		["J", 1, 0, 0, 255],
		["X", 1, 0, 0, 0, "a"],
		[0x8c, 1, "b"],
		["I1\n"],
		["F0.5\n"],
		["V\\u0061\n"],
		["S'a'\n"],
		["0"],
		["1"],
		["2"],
		["a"],
		["e"],
		["s"],
		["u"],
		["q", 0],
		["q", 1],
		["h", 0],
		["h", 1],
		[0x94],
		[0x85],
		[0x86],
		[0x87],
		[0x88],
		[0x8a, 2, 1, 1],
		[0x8f],
		[0x90],
		[0x91],
		["R"],
		["b"],
		["o"],
		[0x81],
		[0x92],
		[0x93],
		["Q"],
		["ccollections\nOrderedDict\n"],
		["ctorch\nFloatStorage\n"],
		["ctorch._utils\n_rebuild_tensor_v2\n"],
		["ctorch\nSize\n"],
		["ctorch._tensor\n_rebuild_from_type_v2\n"],
		["X", 7, 0, 0, 0, "storage"],
		["X", 1, 0, 0, 0, "0"],
		["c__torch__.a\nb\n"],
	];

	test("400 soups of opcodes", () => {
		const random = generator(4);
		const bytes = (part: string | number) =>
			typeof part === "string" ? Buffer.from(part, "latin1") : Uint8Array.of(part);
		for (let index = 0; index < 400; index++) {
			const parts = Array.from({ length: 1 + random.below(60) }, () => random.pick(SOUP).map(bytes)).flat();
			attempt(archive(Buffer.concat([...parts, Buffer.from(".")])), `soup ${index}`);
		}
	});

	test.each([0, 1, 2, 3, 4, 5])("a state dict of protocol %i, damaged in 100 ways before it is packed", (protocol) => {
		const random = generator(5 + protocol);
		const whole = writePickle(new Map<Py, Py>([["a", pyTensor(storage, [2, 3])]]), protocol);
		for (let index = 0; index < 100; index++)
			attempt(archive(damage(whole, random)), `damage ${index}, protocol ${protocol}`);
	});

	const repeat = (part: string, count: number) => Buffer.from(part.repeat(count), "latin1");
	const tensor = writePickle(pyTensor(storage, [6])).subarray(2, -1);
	test.each<[string, () => Uint8Array]>([
		["a million empty dicts", () => Buffer.concat([repeat("]", 1), repeat("}a", 600_000), repeat(".", 1)])],
		["a million values remembered", () => Buffer.concat([repeat("]", 1), repeat("}\x94a", 400_000), repeat(".", 1)])],
		["lists in lists", () => Buffer.concat([repeat("(", 90_000), repeat("l", 90_000), repeat(".", 1)])],
		["tuples in tuples", () => Buffer.concat([repeat("N", 1), repeat("\x85", 900_000), repeat(".", 1)])],
		[
			"dicts that point at each other",
			() =>
				Buffer.concat([
					repeat("}q\x00X\x05\0\0\0modelh\x00sX\x0a\0\0\0state_dicth\x00sX\x03\0\0\0emah\x00s", 1),
					repeat(".", 1),
				]),
		],
		[
			"doubled thirty times through the memo",
			() =>
				Buffer.concat([
					repeat("]", 1),
					...Array.from({ length: 30 }, (_, i) =>
						Buffer.concat([
							repeat("q", 1),
							Uint8Array.of(i),
							repeat("0](h", 1),
							Uint8Array.of(i),
							repeat("h", 1),
							Uint8Array.of(i),
							repeat("e", 1),
						]),
					),
					repeat(".", 1),
				]),
		],
		[
			"a string of 30 MB",
			() => Buffer.concat([repeat("X", 1), numbers([4, 30_000_000]), new Uint8Array(30_000_000), repeat(".", 1)]),
		],
		[
			"two hundred thousand views of one storage",
			() => Buffer.concat([repeat("]", 1), tensor, repeat("\x94a", 1), repeat("h\0a", 200_000), repeat(".", 1)]),
		],
	])("%s", (name, make) => {
		attempt(archive(make()), name);
	});

	test("modules nested without end are a failure", () => {
		const deep = Buffer.concat([
			repeat("c__torch__.a\nb\n)\x81}X\x01\0\0\0a", 20_000),
			repeat("N", 1),
			repeat("sb", 20_000),
			repeat(".", 1),
		]);
		expect(attempt(archive(deep), "deep modules")).not.toBeNull();
	});
});

describe("archives", () => {
	const zeros = new Uint8Array(200 * 1024 * 1024);

	test.each<[string, () => Uint8Array]>([
		["a pickle of 200 MB in 200 KB", () => writeZip([{ name: "x/data.pkl", data: zeros, deflate: true }])],
		[
			"a pickle of a million to one",
			() =>
				writeZip([{ name: "x/data.pkl", data: new Uint8Array(1000), deflate: true, claim: { size: 1_000_000_000 } }]),
		],
		[
			"a pickle that unpacks to more than it says",
			() => writeZip([{ name: "x/data.pkl", data: zeros, deflate: true, claim: { size: 100 } }]),
		],
		[
			"weights of 200 MB in 200 KB",
			() =>
				writeTorchZip(
					pyOrderedDict([["a", pyTensor({ ...storage, count: zeros.length / 4 }, [zeros.length / 4])]]),
					{ "0": zeros },
					{ deflate: true },
				),
		],
		[
			"names that stand twice",
			() => writeTorchZip(STATE, { "0": SIX }, { more: [{ name: "archive/data/0", data: new Uint8Array(24) }] }),
		],
		[
			"a path out of the folder",
			() => writeTorchZip(STATE, { "0": SIX }, { more: [{ name: "archive/../../x", data: new Uint8Array(1) }] }),
		],
		[
			"overlapping entries",
			() =>
				writeTorchZip(
					STATE,
					{ "0": SIX },
					{ more: [{ name: "archive/y", data: new Uint8Array(1), claim: { start: 0 } }] },
				),
		],
		[
			"two pickles",
			() => writeTorchZip(STATE, { "0": SIX }, { more: [{ name: "other/data.pkl", data: writePickle(null) }] }),
		],
		[
			"big-endian numbers",
			() =>
				writeZip([
					{ name: "x/data.pkl", data: writePickle(STATE) },
					{ name: "x/byteorder", data: Buffer.from("big") },
				]),
		],
		[
			"a hundred thousand entries",
			() =>
				writeZip(
					Array.from({ length: 100_001 }, (_, i) => ({ name: `${i}`, data: new Uint8Array(0) })),
					{ zip64: true },
				),
		],
	])("%s is a failure", (name, make) => {
		expect(attempt(make(), name)).not.toBeNull();
	});
});

test("at least 2,000 files were tried, nothing was polluted, and memory stayed below 300 MB", () => {
	expect(seen.cases).toBeGreaterThan(2000);
	expect(seen.read).toBeGreaterThan(50);
	expect(Object.keys(Object.prototype)).toEqual([]);
	expect(seen.memory).toBeLessThan(MAX_MEMORY);
});
