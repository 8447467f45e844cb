/** Tests that a failure goes with its cause, and stays while the cause is there. */
import { expect, test } from "vitest";
import { type FailureCode, remedyFor } from "../../core/failure.ts";
import { type Action, type AppState, INITIAL, reduce } from "./state.ts";

const picture = { name: "a.png", bytes: new Uint8Array([1]) };
const failed = (code: FailureCode): AppState => {
	const actions: Action[] = [
		{ type: "text", text: "hello" },
		{ type: "picture", picture },
		{ type: "run-started", job: 1 },
		{ type: "run-failed", job: 1, failure: { code, what: "x", remedy: remedyFor(code, "app") } },
	];
	return actions.reduce(reduce, INITIAL);
};

test.each<[FailureCode, Action]>([
	["text-too-long", { type: "text", text: "short" }],
	["labels-invalid", { type: "labels", list: "entityTypes", values: ["film"] }],
	["image-unreadable", { type: "picture-removed" }],
	["image-too-large", { type: "picture", picture: { ...picture, name: "b.png" } }],
	["device-unavailable", { type: "options", options: { device: "wasm" } }],
	["out-of-memory", { type: "model-chosen", choice: { kind: "url", url: "https://a.example/m/" } }],
])("%s goes when what it is about is changed", (code, action) => {
	const before = failed(code);
	expect(before.run.failure?.code).toBe(code);
	expect(reduce(before, action).run.failure).toBeNull();
});

test.each<[FailureCode, Action]>([
	["text-too-long", { type: "picture-removed" }],
	["image-unreadable", { type: "text", text: "other" }],
	["offline", { type: "text", text: "other" }],
	["internal", { type: "task", task: "events", on: true }],
])("%s stays when something else is changed", (code, action) => {
	expect(reduce(failed(code), action).run.failure?.code).toBe(code);
});
