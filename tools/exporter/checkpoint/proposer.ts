/**
 * Opens a trained region proposer: its plan (sizes, kinds, convolutions by name and shape) and its weights, checked
 * against each other.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod/mini";
import { Failure } from "../../../src/core/failure.ts";
import { openTensorFile } from "./open-tensor-file.ts";
import type { Convolution } from "./resnet.ts";
import type { TensorFile } from "./tensor-file.ts";

/** What the trainer calls the file, and where an export looks for it: beside the checkpoint's weights. */
export const PROPOSER_FILE = "proposer.safetensors";
/** What the file says it is. */
export const PROPOSER_FORMAT = "umie-proposer/1";
/** The outputs' grid. */
export const PROPOSER_STRIDE = 4;

const channels = z.int().check(z.gte(1), z.lte(4096));
const colour = z.tuple([z.number(), z.number(), z.number()]);
/** A name as people read it. A key that is a number would change its place in the table. */
const kind = z.string().check(z.regex(/^[a-z][a-z -]{0,39}$/));

const PlanSchema = z.object({
	image_size: z.int().check(z.gte(32), z.lte(1024)),
	/** Heat maps in order: kind in the training data → kind that is reported. */
	kinds: z.record(kind, kind),
	/** Channels at strides 2, 4, 8 … */
	widths: z.array(channels).check(z.minLength(3), z.maxLength(6)),
	/** Residual blocks at strides 4, 8 … */
	depths: z.array(z.int().check(z.gte(0), z.lte(64))),
	neck: channels,
	head: channels,
	threshold: z.number().check(z.gte(0), z.lte(1)),
	image_mean: colour,
	image_std: colour,
});

export type ProposerPlan = z.infer<typeof PlanSchema>;

export interface ProposerCheckpoint {
	readonly plan: ProposerPlan;
	floats(name: string, begin?: number, end?: number): Float32Array;
	close(): void;
}

/** A stride-2 convolution, then residual blocks of two. */
interface Stage {
	readonly down: Convolution;
	readonly blocks: ReadonlyArray<readonly [Convolution, Convolution]>;
}

/** Every convolution, in the order it is computed; the two outputs have a bias instead of a normalisation. */
export interface ProposerLayers {
	readonly stem: Convolution;
	readonly stages: readonly Stage[];
	readonly lateral: readonly Convolution[];
	readonly smooth: readonly Convolution[];
	readonly head: Convolution;
	readonly outputs: Readonly<Record<"scores" | "boxes", readonly [out: number, width: number, 1, 1]>>;
}

function layer(at: string, out: number, width: number, kernel: number, stride = 1): Convolution {
	return { name: { conv: `${at}.conv`, norm: `${at}.norm` }, shape: [out, width, kernel, kernel], stride };
}

export function proposerLayers({ widths, depths, neck, head, kinds }: ProposerPlan): ProposerLayers {
	const stages = depths.map((depth, stage): Stage => {
		const width = widths[stage + 1]!;
		// torch counts the ReLU between as a layer, too.
		const blocks = Array.from({ length: depth }, (_, index) => `stages.${stage}.${index + 2}`);
		return {
			down: layer(`stages.${stage}.0`, width, widths[stage]!, 3, 2),
			blocks: blocks.map(
				(at) => [layer(`${at}.first`, width, width, 3), layer(`${at}.second`, width, width, 3)] as const,
			),
		};
	});
	return {
		stem: layer("stem", widths[0]!, 3, 3, 2),
		stages,
		lateral: depths.map((_, at) => layer(`lateral.${at}`, neck, widths[at + 1]!, 1)),
		smooth: depths.slice(1).map((_, at) => layer(`smooth.${at}`, neck, neck, 3)),
		head: layer("head", head, neck, 3),
		outputs: { scores: [Object.keys(kinds).length, head, 1, 1], boxes: [4, head, 1, 1] },
	};
}

/** Every convolution with a normalisation. */
export function proposerConvolutions({ stem, stages, lateral, smooth, head }: ProposerLayers): Convolution[] {
	return [stem, ...stages.flatMap(({ down, blocks }) => [down, ...blocks.flat()]), ...lateral, ...smooth, head];
}

/** Name → shape of every tensor. */
export function proposerTensors(plan: ProposerPlan): ReadonlyMap<string, readonly number[]> {
	const layers = proposerLayers(plan);
	const out = new Map<string, readonly number[]>();
	for (const { name, shape } of proposerConvolutions(layers)) {
		out.set(`${name.conv}.weight`, shape);
		for (const part of ["weight", "bias", "running_mean", "running_var"]) out.set(`${name.norm}.${part}`, [shape[0]]);
	}
	for (const [name, shape] of Object.entries(layers.outputs))
		out.set(`${name}.weight`, shape).set(`${name}.bias`, [shape[0]]);
	return out;
}

/** The file to use: the one that was named, else the one beside the checkpoint; null where there is none. */
export function findProposer(folder: string, named: string | undefined): string | null {
	if (named !== undefined) return named;
	const beside = join(folder, PROPOSER_FILE);
	return existsSync(beside) ? beside : null;
}

/**
 * The caller must close it.
 * @throws Failure `checkpoint-format` for a file that does not hold a proposer, `checkpoint-tensors` for one that does
 * not fit its own plan
 */
export function openProposer(path: string): ProposerCheckpoint {
	const file = openTensorFile(path);
	try {
		const plan = readPlan(file);
		checkTensors(file, proposerTensors(plan));
		const floats = (name: string, begin?: number, end?: number) => {
			const data = file.readFloats(name, begin, end);
			if (data.every(Number.isFinite)) return data;
			throw new Failure("checkpoint-values", `${file.name}: tensor "${name}" holds numbers that are not finite.`);
		};
		return { plan, floats, close: () => file.close() };
	} catch (error) {
		file.close();
		throw error;
	}
}

/** What a file holds, without its weights. @throws as `openProposer` */
export function readProposerPlan(path: string): ProposerPlan {
	const { plan, close } = openProposer(path);
	close();
	return plan;
}

function readPlan({ name, metadata }: TensorFile): ProposerPlan {
	const bad = (what: string) => new Failure("checkpoint-format", `${name} is not a region proposer: ${what}.`);
	if (metadata.format !== PROPOSER_FORMAT)
		throw bad(`expected the format ${PROPOSER_FORMAT}, found ${JSON.stringify(metadata.format) ?? "none"}`);
	let json: unknown;
	try {
		json = JSON.parse(metadata.network ?? "");
	} catch (cause) {
		throw new Failure("checkpoint-format", `${name}: its network is not valid JSON.`, { cause });
	}
	const parsed = PlanSchema.safeParse(json);
	if (!parsed.success)
		throw bad(`network.${parsed.error.issues[0]?.path.join(".")}: ${parsed.error.issues[0]?.message}`);
	const { widths, depths, kinds, image_size: size } = parsed.data;
	if (depths.length + 1 !== widths.length) throw bad(`${widths.length} widths need ${widths.length - 1} depths`);
	if (size % 2 ** widths.length !== 0)
		throw bad(`its pictures of ${size} pixels cannot be halved ${widths.length} times`);
	const count = Object.keys(kinds).length;
	if (count < 1 || count > 16) throw bad(`it has ${count} kinds`);
	return parsed.data;
}

function checkTensors({ name, tensors }: TensorFile, expected: ReadonlyMap<string, readonly number[]>): void {
	const wrong = [...expected].flatMap(([tensor, shape]) => {
		const found = tensors.get(tensor)?.shape;
		return found?.join() === shape.join()
			? []
			: [`${tensor}: expected [${shape}], found ${found === undefined ? "none" : `[${found}]`}`];
	});
	const unused = [...tensors.keys()].filter((tensor) => !expected.has(tensor)).map((tensor) => `${tensor}: not used`);
	if (wrong.length + unused.length > 0)
		throw new Failure("checkpoint-tensors", `${name} does not fit its plan.\n${[...wrong, ...unused].join("\n")}`);
}
