/** What a layout of checkpoints is: how it is recognised, and how its files name and hold what the graphs need. */
import type { Architecture } from "./architecture.ts";

export type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** What a layout is recognised by. */
export interface Found {
	/** Parsed config.json. */
	readonly config: unknown;
	readonly tensors: Shapes;
	/** Tensors of the file that `--backbone` names, under the names a ResNet has by itself. */
	readonly backbone: Shapes | null;
}

export interface Layout {
	/** For a person. */
	readonly title: string;
	recognise(found: Found): boolean;
	/** @throws Failure `checkpoint-format` naming what contradicts the layout */
	architecture(found: Found): Architecture;
	/** What a backbone must be; null: the checkpoint takes none. */
	readonly backbone: string | null;
	/** Tensors that trainers save and graphs do not use. */
	readonly ignored: RegExp;
	/** Tensors that no file has: they start as training starts. */
	readonly initial: RegExp;
	/** What the graphs' tensor is called in the file; absent: the same. */
	fileName?(name: string, tensors: Shapes): string;
}

export type LayoutName = "umie" | "authors" | "encoder" | "t5+resnet" | "t5";
