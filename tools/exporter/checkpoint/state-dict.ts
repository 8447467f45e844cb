/**
 * Finds the tensors in what a PyTorch pickle describes, a state dict or a training checkpoint around one, and notes
 * what was taken and what was left.
 */
import { Failure } from "../../../src/core/failure.ts";
import type { PickleValue } from "./pickle-machine.ts";
import { isScript, isTensor, type TorchTensor } from "./torch-objects.ts";

/** Where training loops put the weights; the first that holds tensors is taken. */
const WRAPPERS = [
	"state_dict",
	"model_state_dict",
	"model",
	"module",
	"ema",
	"ema_state_dict",
	"model_ema",
	"net",
] as const;
/** A wrapper in a wrapper is common, three of them are not. */
const MAX_DEPTH = 2;
const MAX_TENSORS = 100_000;
const SHOWN = 8;

export interface StateDict {
	readonly tensors: ReadonlyMap<string, TorchTensor>;
	readonly notes: readonly string[];
}

/** @throws Failure `checkpoint-format` that says what the file holds instead */
export function findStateDict(root: PickleValue, fileName: string): StateDict {
	const notes: string[] = [];
	if (isScript(root)) {
		notes.push("it is a TorchScript archive: its tensors are read, its code is not");
		return { tensors: flattenScript(root.attributes, fileName), notes };
	}
	if (!(root instanceof Map))
		throw new Failure(
			"checkpoint-format",
			`${fileName} holds no dict of tensors. Save model.state_dict(), not the model.`,
		);
	const { path, dict } = unwrap(root);
	if (path.length > 0) notes.push(`the weights are those under "${path.join(".")}"; beside them: ${listKeys(root)}`);
	const tensors = new Map<string, TorchTensor>();
	const skipped: string[] = [];
	for (const [key, value] of dict) {
		if (typeof key === "string" && isTensor(value)) tensors.set(key, value);
		else skipped.push(printable(key));
	}
	if (tensors.size === 0)
		throw new Failure("checkpoint-format", `${fileName} holds no dict of tensors. Its keys are ${listKeys(root)}.`);
	if (tensors.size > MAX_TENSORS)
		throw new Failure("checkpoint-format", `${fileName} holds ${tensors.size} tensors; ${MAX_TENSORS} are the limit.`);
	if (skipped.length > 0) notes.push(`left out, because they are not tensors: ${shorten(skipped)}`);
	return { tensors, notes };
}

type Dict = Map<PickleValue, PickleValue>;

/** Follows known keys inwards as long as a dict with tensors lies there. */
function unwrap(root: Dict): { readonly path: readonly string[]; readonly dict: Dict } {
	let dict = root;
	const path: string[] = [];
	while (path.length < MAX_DEPTH) {
		const key = WRAPPERS.find((name) => leadsToTensors(dict.get(name), MAX_DEPTH - path.length));
		if (key === undefined) break;
		dict = dict.get(key) as Dict;
		path.push(key);
	}
	return { path, dict };
}

/** Along known keys only: a made-up file may point from everywhere to everywhere. */
function leadsToTensors(value: PickleValue | undefined, depth: number): boolean {
	if (!(value instanceof Map)) return false;
	for (const inner of value.values()) if (isTensor(inner)) return true;
	return depth > 1 && WRAPPERS.some((name) => leadsToTensors(value.get(name), depth - 1));
}

/**
 * The attributes of TorchScript modules within modules, joined by dots, as `state_dict()` would name them. A list of
 * its own instead of recursion: a file may nest without end.
 */
function flattenScript(root: Dict, fileName: string): ReadonlyMap<string, TorchTensor> {
	const tensors = new Map<string, TorchTensor>();
	const seen = new Set<Dict>([root]);
	const left: { readonly prefix: string; readonly attributes: Dict }[] = [{ prefix: "", attributes: root }];
	for (let next = left.pop(); next !== undefined; next = left.pop()) {
		for (const [key, value] of next.attributes) {
			const name = `${next.prefix}${String(key)}`;
			if (name.length > 1000) throw new Failure("checkpoint-format", `${fileName} nests modules too deeply.`);
			if (isTensor(value)) tensors.set(name, value);
			else if (isScript(value) && !seen.has(value.attributes)) {
				seen.add(value.attributes);
				left.push({ prefix: `${name}.`, attributes: value.attributes });
			}
		}
	}
	if (tensors.size === 0)
		throw new Failure("checkpoint-format", `${fileName} is a TorchScript archive without tensors.`);
	return tensors;
}

function listKeys(dict: Dict): string {
	return shorten([...dict.keys()].slice(0, SHOWN + 1).map(printable)) || "none";
}

function shorten(names: readonly string[]): string {
	return `${names.slice(0, SHOWN).join(", ")}${names.length > SHOWN ? " …" : ""}`;
}

function printable(key: PickleValue): string {
	return typeof key === "string"
		? JSON.stringify(key.slice(0, 60))
		: typeof key === "number"
			? String(key)
			: "a key that is not text";
}
