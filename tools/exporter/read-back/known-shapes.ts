/** Names and shapes of a checkpoint's tensors that a bundle tells by itself: its layout is recognised by them. */
import { AUTHORS } from "../checkpoint/expected-tensors.ts";
import type { Found } from "../checkpoint/layout.ts";
import { BACKBONE } from "../checkpoint/resnet.ts";
import { FOLDED, ORDER_EMBEDDING, ORDERS, PLACES, POSITIONS } from "../graphs/stored-names.ts";
import type { BundleFacts } from "./bundle-facts.ts";
import { isTransposed, type StoredWeight } from "./packings.ts";

type Shapes = Found["tensors"];

export function knownShapes(facts: BundleFacts): { readonly tensors: Shapes; readonly backbone: Shapes | null } {
	const tensors = new Map<string, { readonly shape: readonly number[] }>();
	const backbone = new Map<string, { readonly shape: readonly number[] }>();
	for (const weight of facts.weights.values())
		for (const [name, shape] of tensorsOf(weight)) {
			if (name.startsWith(`${BACKBONE}.`)) backbone.set(name.slice(BACKBONE.length + 1), { shape });
			else tensors.set(name, { shape });
		}
	// Only the authors' layout keeps its backbone apart.
	const authors = tensors.has(`${AUTHORS.embedding}.feat_embedding.0.weight`);
	return { tensors, backbone: authors ? backbone : null };
}

function tensorsOf(weight: StoredWeight): (readonly [name: string, shape: readonly number[]])[] {
	const { name, shape } = weight;
	if (name === PLACES || name === POSITIONS) return [];
	if (name === ORDERS) return [[ORDER_EMBEDDING, [2, shape[1] ?? 0]]];
	if (name.endsWith(FOLDED)) return [[name.slice(0, -FOLDED.length), shape]];
	if (/\.(weight|bias|positional_embedding)$/.test(name)) return [[name, shape]];
	const modules = name.split("|");
	const [out = 0, width = 0] = isTransposed(weight, true) ? shape.toReversed() : shape;
	return modules.map((module) => [`${module}.weight`, [out / modules.length, width]] as const);
}
