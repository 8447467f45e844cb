/** Merges a LoRA adapter, as peft saves it, into the weights of a checkpoint while they are read. */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod/mini";
import { Failure } from "../../../src/core/failure.ts";
import { checkRange } from "./element-types.ts";
import { locateTensorFile, openTensorFile } from "./open-tensor-file.ts";
import { parseSettings } from "./settings.ts";
import { parseBoundedJson } from "./strict-json.ts";
import type { TensorFile } from "./tensor-file.ts";

const MAX_CONFIG_BYTES = 1024 * 1024;
const CONFIG = "adapter_config.json";
const rank = z.int().check(z.gte(1), z.lte(65_536));

const AdapterSchema = z.object({
	peft_type: z.literal("LORA"),
	r: rank,
	lora_alpha: z.number(),
	use_rslora: z._default(z.boolean(), false),
	use_dora: z._default(z.literal(false), false),
	fan_in_fan_out: z._default(z.literal(false), false),
	rank_pattern: z._default(z.record(z.string(), rank), {}),
	alpha_pattern: z._default(z.record(z.string(), z.number()), {}),
});
type AdapterSettings = z.infer<typeof AdapterSchema>;

/** What one module adds: scale · B A, or for an embedding its transpose. */
interface Part {
	/** [r, in] and [out, r]; of an embedding [r, rows] and [width, r]. */
	readonly a: string;
	readonly b: string;
	readonly rank: number;
	readonly scale: number;
	readonly embedding: boolean;
}

const NAME = /^(?:base_model\.model\.)?(.+)\.lora_(embedding_)?([AB])(?:\.default)?(?:\.weight)?$/;

/**
 * The checkpoint with the adapter's changes; names, shapes and types are its own.
 * @param path folder of the adapter, or its file
 * @throws Failure `checkpoint-adapter` for what is not a LoRA adapter of this checkpoint, naming the tensor
 */
export function withAdapter(base: TensorFile, path: string): TensorFile {
	const location = locateTensorFile(path);
	const folder = location === path ? dirname(path) : path;
	const settings = readSettings(folder);
	const file = openTensorFile(location);
	try {
		const { parts, whole } = partsOf(file, base, settings);
		const counts = `${parts.size} matrices of rank ${settings.r}, ${whole.size} weights replaced`;
		return {
			...base,
			notes: [...base.notes, `merged with ${file.name}: ${counts}`],
			readBytes: () => {
				throw new Failure("checkpoint-adapter", "The bytes of merged weights are not kept: read them as numbers.");
			},
			readFloats: (name, begin = 0, end) => {
				const own = whole.get(name);
				if (own !== undefined) return file.readFloats(own, begin, end);
				const values = base.readFloats(name, begin, end);
				const part = parts.get(name);
				return part === undefined ? values : merged(values, { base, file, name, part, begin });
			},
			close: () => {
				base.close();
				file.close();
			},
		};
	} catch (error) {
		file.close();
		throw error;
	}
}

function readSettings(folder: string): AdapterSettings {
	const path = join(folder, CONFIG);
	const stat = statSync(path, { throwIfNoEntry: false });
	if (!stat?.isFile() || stat.size > MAX_CONFIG_BYTES)
		throw new Failure(
			"checkpoint-adapter",
			`There is no ${CONFIG} in ${folder}: it is not an adapter that peft saved.`,
		);
	return parseSettings(AdapterSchema, parseBoundedJson(readFileSync(path), CONFIG), CONFIG);
}

function partsOf(
	file: TensorFile,
	base: TensorFile,
	settings: AdapterSettings,
): { readonly parts: ReadonlyMap<string, Part>; readonly whole: ReadonlyMap<string, string> } {
	const pairs = new Map<string, { a?: string; b?: string; embedding: boolean }>();
	const whole = new Map<string, string>();
	for (const name of file.tensors.keys()) {
		const [, module, embedding, side] = NAME.exec(name) ?? [];
		if (module === undefined) {
			const own = name.replace(/^base_model\.model\./, "").replace(/\.modules_to_save(\.default)?/, "");
			checkShape(file, name, base, own);
			whole.set(own, name);
			continue;
		}
		const pair = pairs.get(module) ?? { embedding: embedding !== undefined };
		pairs.set(module, { ...pair, ...(side === "A" ? { a: name } : { b: name }) });
	}
	const parts = new Map(
		[...pairs].map(([module, { a, b, embedding }]): [string, Part] => {
			if (a === undefined || b === undefined)
				throw new Failure("checkpoint-adapter", `${file.name} has only one of the two matrices for ${module}.`);
			const own = { a, b, embedding, ...scaleOf(module, settings) };
			checkPart(`${module}.weight`, own, file, base);
			return [`${module}.weight`, own];
		}),
	);
	if (parts.size === 0) throw new Failure("checkpoint-adapter", `${file.name} holds no matrices of a LoRA adapter.`);
	return { parts, whole };
}

/** Patterns name modules, or ends of their names. */
function scaleOf(
	module: string,
	{ r, lora_alpha, use_rslora, rank_pattern, alpha_pattern }: AdapterSettings,
): { readonly rank: number; readonly scale: number } {
	const own = <T>(patterns: Readonly<Record<string, T>>): T | undefined =>
		Object.entries(patterns).find(([name]) => module === name || module.endsWith(`.${name}`))?.[1];
	const found = own(rank_pattern) ?? r;
	const alpha = own(alpha_pattern) ?? lora_alpha;
	return { rank: found, scale: alpha / (use_rslora ? Math.sqrt(found) : found) };
}

function shapeOf(base: TensorFile, name: string, by: TensorFile): readonly number[] {
	const shape = base.tensors.get(name)?.shape;
	if (shape === undefined)
		throw new Failure("checkpoint-adapter", `${by.name} changes ${name}, which ${base.name} does not hold.`);
	return shape;
}

function checkShape(file: TensorFile, name: string, base: TensorFile, own: string): void {
	const [expected, found] = [shapeOf(base, own, file), file.tensors.get(name)!.shape];
	if (expected.join() !== found.join())
		throw new Failure("checkpoint-adapter", `${name} of ${file.name} is [${found}], but ${own} is [${expected}].`);
}

function checkPart(name: string, { a, b, rank: r, embedding }: Part, file: TensorFile, base: TensorFile): void {
	const [height = 0, width = 0, ...more] = shapeOf(base, name, file);
	const expected = embedding
		? [
				[r, height],
				[width, r],
			]
		: [
				[r, width],
				[height, r],
			];
	const found = [a, b].map((part) => file.tensors.get(part)!.shape);
	if (more.length > 0 || expected.join("|") !== found.map((shape) => shape.join()).join("|"))
		throw new Failure(
			"checkpoint-adapter",
			`${a} and ${b} are [${found[0]}] and [${found[1]}]; for ${name} [${height},${width}] they must be ` +
				`[${expected[0]}] and [${expected[1]}].`,
		);
}

interface Merge {
	readonly base: TensorFile;
	readonly file: TensorFile;
	readonly name: string;
	readonly part: Part;
	/** First element. */
	readonly begin: number;
}

/** Adds scale · B A to the elements that were asked for, in place. */
function merged(values: Float32Array, { base, file, name, part, begin }: Merge): Float32Array {
	const shape = base.tensors.get(name)!.shape;
	checkRange(name, shape, begin, begin + values.length);
	const [height = 0, width = 0] = shape;
	const [a, b] = [file.readFloats(part.a), file.readFloats(part.b)];
	for (let at = 0; at < values.length; at++) {
		const row = Math.floor((begin + at) / width);
		const column = (begin + at) % width;
		let sum = 0;
		for (let k = 0; k < part.rank; k++)
			sum += part.embedding
				? b[column * part.rank + k]! * a[k * height + row]!
				: b[row * part.rank + k]! * a[k * width + column]!;
		values[at] = values[at]! + part.scale * sum;
	}
	return values;
}
