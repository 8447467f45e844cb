/** T5's own encoder: its settings are those of the T5 it is part of. */
import * as z from "zod/mini";
import { addStack } from "../tensor-shapes.ts";
import type { TextEncoderFamily } from "./family.ts";

export const T5EncoderSchema = z.object({ kind: z.literal("t5") });
type T5Encoder = z.infer<typeof T5EncoderSchema>;

export const T5_FAMILY: TextEncoderFamily<T5Encoder> = {
	check: () => {},
	addTensors: (shapes, t5) =>
		addStack(shapes, t5, "encoder", t5.num_layers, { decoder: false, bias: true, biasEach: t5.relative_bias_each }),
	maxTokens: () => Number.POSITIVE_INFINITY,
	describe: () => null,
	withStartToken: (encoder) => encoder,
	positions: () => null,
};
