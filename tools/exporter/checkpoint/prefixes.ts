/** Takes off what wrappers of a model put before every name: DataParallel, torch.compile, Lightning. */
import type { TensorFile } from "./tensor-file.ts";

const PREFIXES = ["module.", "_orig_mod.", "model."] as const;
/** DataParallel of a compiled model in a Lightning module has three. */
const MAX_PREFIXES = 8;

/** The file under the names that the model itself has; a note says what was taken off. */
export function withoutPrefixes(file: TensorFile): TensorFile {
	const names = [...file.tensors.keys()];
	const taken: string[] = [];
	const length = () => taken.reduce((sum, prefix) => sum + prefix.length, 0);
	while (taken.length < MAX_PREFIXES) {
		const at = length();
		const next = PREFIXES.find(
			(prefix) =>
				names.length > 0 && names.every((name) => name.startsWith(prefix, at) && name.length > at + prefix.length),
		);
		if (next === undefined) break;
		taken.push(next);
	}
	if (taken.length === 0) return file;
	const prefix = taken.join("");
	return {
		...file,
		tensors: new Map([...file.tensors].map(([name, entry]) => [name.slice(prefix.length), entry])),
		notes: [...file.notes, ...taken.map((each) => `every name began with "${each}", which was taken off`)],
		readBytes: (name) => file.readBytes(`${prefix}${name}`),
		readFloats: (name, ...range) => file.readFloats(`${prefix}${name}`, ...range),
		close: () => file.close(),
	};
}
