/**
 * Builds text_encoder.onnx of the BERT kind: token ids [B, L] → encoder_hidden_states [B, L, D], with the arithmetic of
 * Hugging Face's BertModel and RobertaModel.
 */
import type { BertEncoder } from "../checkpoint/text-encoders/bert.ts";
import type { Value } from "../onnx/graph-builder.ts";
import type { GraphContext } from "./context.ts";
import { MAX_POSITIONS } from "./relative-bias.ts";
import { POSITIONS } from "./stored-names.ts";
import { maskBias } from "./t5.ts";

/** Length with the start token, where there is one. */
const READ = "L + 1";

export function buildBertTextEncoder(c: GraphContext, encoder: BertEncoder): void {
	const { graph, architecture: a } = c;
	const ids = graph.input("input_ids", "int32", ["B", "L"]);
	const mask = graph.input("attention_mask", "int32", ["B", "L"]);
	const starts = encoder.start_token_id !== null;
	const tokens = c.tokenRows("shared.weight", ids);
	// The start token lies in the positions' table: in front of the texts there is room for it.
	const x = starts ? graph.padFront(tokens, 1, 1, READ) : tokens;
	const key = starts ? graph.padFront(maskBias(c, mask), 3, 1, READ) : maskBias(c, mask);
	const length = starts ? READ : "L";
	const count = graph.dim(x, 1);
	const placed = graph.add(x, graph.slice(positionTable(c, encoder), graph.ints([0]), count, [0], [length]));
	const bias = graph.expand(key, graph.concat([graph.ints([1, 1]), count, graph.ints([1])], 0), [
		"B",
		1,
		length,
		length,
	]);

	let state = graph.layerNorm(placed, ...norm(c, "encoder.embeddings.LayerNorm"), encoder.layer_norm_eps);
	for (let layer = 0; layer < encoder.num_layers; layer++)
		state = bertLayer(c, encoder, state, `encoder.layer.${layer}`, bias);
	// int64's largest: to the end.
	const kept = starts ? graph.slice(state, graph.ints([1]), graph.ints([2 ** 31 - 1]), [1], ["L"]) : state;
	graph.output("encoder_hidden_states", kept, ["B", "L", a.d_model]);
}

/**
 * What is added to the token at each position: its position, type 0, and in the first row the start token itself.
 * @returns [positions, D]; as many as a text may have, so that longer ones are refused by the addition
 */
function positionTable(
	c: GraphContext,
	{ max_position_embeddings, position_offset: offset, start_token_id: start }: BertEncoder,
): Value {
	const { d_model: d } = c.architecture;
	const { weights } = c.options;
	const longest = MAX_POSITIONS + (start === null ? 0 : 1);
	const rows = Math.min(max_position_embeddings - offset, longest);
	const load = () => {
		const table = weights
			.floats("encoder.embeddings.position_embeddings.weight", offset * d, (offset + rows) * d)
			.slice();
		const type = weights.floats("encoder.embeddings.token_type_embeddings.weight", 0, d);
		for (let i = 0; i < table.length; i++) table[i]! += type[i % d]!;
		const first = start === null ? null : weights.floats("shared.weight", start * d, (start + 1) * d);
		for (let i = 0; first !== null && i < d; i++) table[i]! += first[i]!;
		return table;
	};
	return c.rows(POSITIONS, [rows, d], load);
}

/** x = LN(x + O(attention(x))), x = LN(x + down(gelu(up(x)))). @param bias [B, 1, L, L] */
function bertLayer(
	c: GraphContext,
	{ num_heads, d_ff, layer_norm_eps }: BertEncoder,
	x: Value,
	at: string,
	bias: Value,
): Value {
	const { graph, architecture: a } = c;
	const d = a.d_model;
	const parts = ["query", "key", "value"].map((part) => `${at}.attention.self.${part}`);
	const [q, k, v] = graph.split(c.linear(x, parts, d, d, { biased: true }), [d, d, d], 2);
	const { output } = graph.attention(q!, k!, v!, bias, num_heads, undefined, (d / num_heads) ** -0.5);
	const attended = c.linear(output, [`${at}.attention.output.dense`], d, d, { biased: true });
	const middle = graph.skipLayerNorm(attended, x, ...norm(c, `${at}.attention.output.LayerNorm`), layer_norm_eps);
	// Pretrained encoders put very large values into the first token's row: one scale for all rows loses four times as
	// much as int8 weights alone. States of MiniLM (6 layers) differ from float32 by 13.6 % so, by 6.8 % with a scale a
	// row, by 5.5 % with float inputs, 3.4 % with all inputs float.
	const hidden = graph.exactGelu(
		c.linear(middle, [`${at}.intermediate.dense`], d_ff, d, { biased: true, unequalRows: true }),
	);
	const fed = c.linear(hidden, [`${at}.output.dense`], d, d_ff, { biased: true, unequalRows: true });
	return graph.skipLayerNorm(fed, middle, ...norm(c, `${at}.output.LayerNorm`), layer_norm_eps);
}

function norm(c: GraphContext, name: string): [weight: Value, bias: Value] {
	const { d_model: d } = c.architecture;
	return [c.exact(`${name}.weight`, [d]), c.exact(`${name}.bias`, [d])];
}
