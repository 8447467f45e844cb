/** Shows that nodes are counted where onnxruntime put them, from what it printed in a Chromium. */
import { expect, test } from "vitest";
import { misplaced, readPlacements } from "./placement.ts";

const AT = "2026-11-21 07:49:04.354000 [V:onnxruntime:, session_state.cc:1383 VerifyEachNodeIsAssignedToAnEp] ";
const LINES = [
	`${AT} Node(s) placed on [CPUExecutionProvider]. Number of nodes: 7`,
	"GRAPH text_encoder",
	`${AT}Node placements`,
	`${AT} Node(s) placed on [CPUExecutionProvider]. Number of nodes: 2`,
	`${AT}  Squeeze (Squeeze_4)`,
	`${AT}  Cast (Cast_5)`,
	"something else (in brackets)",
	`${AT} Node(s) placed on [WebGpuExecutionProvider]. Number of nodes: 2`,
	`${AT}  Gather (Gather_2)`,
	`${AT}  MatMul (decoder/MatMul (1))`,
	"GRAPH gated_attention",
	`${AT} All nodes placed on [WebGpuExecutionProvider]. Number of nodes: 43`,
	"GRAPH decoder",
	`${AT} Node(s) placed on [CPUExecutionProvider]. Number of nodes: 2`,
	`${AT}  Concat (Concat_1)`,
	`${AT}  DynamicQuantizeMatMul (DynamicQuantizeMatMul_9)`,
	"GRAPH decoder_context",
	`${AT} All nodes placed on [CPUExecutionProvider]. Number of nodes: 9`,
];

test("nodes are counted for the graph and the provider they stand under", () => {
	expect([...readPlacements(LINES, "GRAPH ")]).toEqual([
		["text_encoder", { cpu: ["Squeeze", "Cast"], gpu: 2 }],
		["gated_attention", { cpu: [], gpu: 43 }],
		["decoder", { cpu: ["Concat", "DynamicQuantizeMatMul"], gpu: 0 }],
		["decoder_context", { cpu: ["every node"], gpu: 0 }],
	]);
});

test("arithmetic on shapes may be on the CPU, products may not", () => {
	const placements = readPlacements(LINES, "GRAPH ");
	expect([...placements].map(([role, placement]) => [role, misplaced(placement)])).toEqual([
		["text_encoder", []],
		["gated_attention", []],
		["decoder", ["DynamicQuantizeMatMul"]],
		["decoder_context", ["every node"]],
	]);
});
