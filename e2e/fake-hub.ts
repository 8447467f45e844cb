/**
 * Serves two tiny detectors with fixed boxes as the Hugging Face hub would, so that tests go the whole way from
 * download to box without a network.
 */
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";
import { GraphBuilder } from "../tools/exporter/onnx/graph-builder.ts";
import { BUNDLE } from "./page.ts";

const PICTURE = {
	do_resize: true,
	size: { width: 32, height: 32 },
	do_rescale: true,
	do_normalize: false,
	resample: 2,
};
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Centre and size in fractions: the left half, and a small one that is less sure. */
const BOXES = { dtype: "float32", shape: [1, 2, 4], values: [0.25, 0.5, 0.5, 1, 0.75, 0.5, 0.25, 0.5] } as const;

/** Logits over [person, car, nothing]: a person for certain, perhaps a car, which the softmax gives 0.67. */
function objectsModel(): Buffer {
	const graph = new GraphBuilder("objects");
	const nothing = graph.mul(
		graph.squeeze(graph.globalAveragePool(graph.input("pixel_values", "float32", [1, 3, 32, 32])), [2, 3]),
		graph.float(0),
	);
	const logits = graph.constant({ dtype: "float32", shape: [1, 2, 3], values: [9, 0, 0, 0, 1.4, 0] });
	graph.output("logits", graph.add(logits, nothing), [1, 2, 3]);
	graph.output("pred_boxes", graph.constant(BOXES), [1, 2, 4]);
	return Buffer.from(graph.build().model);
}

/**
 * Logits that fall by 3 from label to label and by 5 from box to box: the first is found for certain (0.88), the second
 * perhaps (0.27), the third not (0.02).
 */
function askedModel(): Buffer {
	const graph = new GraphBuilder("asked");
	const count = graph.dim(graph.input("input_ids", "int64", ["labels", "length"]), 0);
	const nothing = graph.mul(
		graph.sum(
			graph.squeeze(graph.globalAveragePool(graph.input("pixel_values", "float32", [1, 3, 32, 32])), [2, 3]),
			1,
		),
		graph.float(0),
	);
	const index = graph.cast(graph.range(graph.squeeze(graph.cast(count, "int32"), [0]), "labels"), "float32");
	const byLabel = graph.sub(graph.float(2), graph.mul(index, graph.float(3)));
	const logits = graph.add(
		graph.sub(byLabel, graph.constant({ dtype: "float32", shape: [1, 2, 1], values: [0, 5] })),
		nothing,
	);
	graph.output("logits", logits, [1, 2, "labels"]);
	graph.output("pred_boxes", graph.constant(BOXES), [1, 2, 4]);
	return Buffer.from(graph.build().model);
}

const config = {
	model_type: "yolos",
	architectures: ["YolosForObjectDetection"],
	id2label: { 0: "person", 1: "car" },
	label2id: { person: 0, car: 1 },
};

const FILES: Readonly<Record<string, () => Buffer>> = {
	"Xenova/yolos-tiny/resolve/main/config.json": () => json(config),
	"Xenova/yolos-tiny/resolve/main/preprocessor_config.json": () =>
		json({
			...PICTURE,
			image_processor_type: "YolosFeatureExtractor",
			feature_extractor_type: "YolosFeatureExtractor",
		}),
	"Xenova/yolos-tiny/resolve/main/onnx/model_quantized.onnx": objectsModel,
	"Xenova/owlvit-base-patch32/resolve/main/config.json": () =>
		json({ model_type: "owlvit", architectures: ["OwlViTForObjectDetection"] }),
	"Xenova/owlvit-base-patch32/resolve/main/preprocessor_config.json": () =>
		json({
			...PICTURE,
			image_processor_type: "OwlViTFeatureExtractor",
			feature_extractor_type: "OwlViTFeatureExtractor",
			processor_class: "OwlViTProcessor",
		}),
	"Xenova/owlvit-base-patch32/resolve/main/tokenizer.json": () => readFileSync(`${BUNDLE}/tokenizer.json`),
	"Xenova/owlvit-base-patch32/resolve/main/tokenizer_config.json": () =>
		readFileSync(`${BUNDLE}/tokenizer_config.json`),
	"Xenova/owlvit-base-patch32/resolve/main/onnx/model_quantized.onnx": askedModel,
};

/** Answers for the hub. @returns the paths that were requested, as they come in */
export async function serveFakeHub(page: Page): Promise<string[]> {
	const requested: string[] = [];
	await page.context().route("https://huggingface.co/**", async (route) => {
		const path = new URL(route.request().url()).pathname.slice(1);
		requested.push(path);
		const body = FILES[path]?.();
		const headers = { "access-control-allow-origin": "*" };
		await route.fulfill(body ? { status: 200, headers, body } : { status: 404, headers, body: "Entry not found" });
	});
	return requested;
}
