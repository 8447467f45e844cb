/** Checks the state of the page after short histories of actions. */
import { describe, expect, test } from "vitest";
import { remedyFor } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { EXAMPLE } from "../../ui/testing.ts";
import { isStale, requestOf } from "../ask/request.ts";
import { type Action, type AppState, INITIAL, type Picture, reduce } from "./state.ts";

const play = (...actions: Action[]): AppState => actions.reduce(reduce, INITIAL);
const picture: Picture = { name: "a.png", bytes: new Uint8Array([1]) };
const failure = (code: "cancelled" | "offline") => ({ code, what: "x", remedy: remedyFor(code, "app") });
const resultOf = (text: string) => ({ text }) as ExtractionResult;

describe("what a person typed", () => {
	test("a cleared post comes back with undo, picture included", () => {
		const before = play({ type: "text", text: "hello" }, { type: "picture", picture });
		const cleared = reduce(before, { type: "post-cleared" });
		expect(cleared.post).toEqual({ text: "", picture: null });
		expect(reduce(cleared, { type: "undone" }).post).toEqual({ text: "hello", picture });
	});

	test("undo with nothing to undo changes nothing", () => {
		expect(reduce(INITIAL, { type: "undone" })).toBe(INITIAL);
	});

	test("a failed run keeps text and picture", () => {
		const state = play(
			{ type: "text", text: "hello" },
			{ type: "picture", picture },
			{ type: "run-started", job: 1 },
			{ type: "run-failed", job: 1, failure: failure("offline") },
		);
		expect(state.post).toEqual({ text: "hello", picture });
		expect(state.run.status).toBe("failed");
	});

	test("a stored picture never replaces one that was dropped meanwhile", () => {
		const state = play(
			{ type: "picture", picture },
			{ type: "picture-restored", picture: { ...picture, name: "old.png" } },
		);
		expect(state.post.picture?.name).toBe("a.png");
	});

	test("a sample over an empty post needs no undo, over a typed one it does", () => {
		const sample: Action = { type: "sample-shown", text: "sample", picture, result: resultOf("sample") };
		expect(play(sample).undo).toBeNull();
		expect(play(sample, sample).undo).toBeNull();
		const replaced = play({ type: "text", text: "mine" }, sample);
		expect(replaced.undo?.post.text).toBe("mine");
		const back = reduce(replaced, { type: "undone" });
		expect([back.post.text, back.shown]).toEqual(["mine", null]);
	});

	test("a sample shows its stored result, and leaves settings alone and the model unloaded", () => {
		const sample: Action = { type: "sample-shown", text: "sample", picture, result: resultOf("sample") };
		const state = play({ type: "task", task: "relations", on: false }, sample);
		expect(state.shown).toMatchObject({ stored: true, picture, result: { text: "sample" } });
		expect(state.tasks).toEqual({ entities: true, relations: false, events: false });
		expect(state.written).toBe(false);
		const missing = play({ ...sample, result: null });
		expect([missing.post.text, missing.shown]).toEqual(["sample", null]);
		expect(missing.notice).toContain("could not be loaded");
	});

	test("only what a person writes counts as written", () => {
		expect(play({ type: "picture-restored", picture }).written).toBe(false);
		expect(play({ type: "parts-restored" }).written).toBe(false);
		expect(play({ type: "text", text: "a" }).written).toBe(true);
		expect(play({ type: "picture", picture }).written).toBe(true);
	});

	test("reset labels come back with undo", () => {
		const state = play(
			{ type: "labels", list: "entityTypes", values: ["film"] },
			{ type: "labels", list: "entityTypes", values: null },
			{ type: "undone" },
		);
		expect(state.labels.entityTypes).toEqual(["film"]);
	});
});

describe("runs", () => {
	test("messages of an earlier job are ignored", () => {
		const state = play({ type: "run-started", job: 2 });
		expect(reduce(state, { type: "run-failed", job: 1, failure: failure("offline") })).toBe(state);
		expect(reduce(state, { type: "run-result", job: 1, result: resultOf("x"), picture: null, final: true })).toBe(
			state,
		);
	});

	test("a message after the end is ignored", () => {
		const done = play(
			{ type: "run-started", job: 1 },
			{ type: "run-result", job: 1, result: resultOf("x"), picture: null, final: true },
		);
		expect(reduce(done, { type: "run-failed", job: 1, failure: failure("offline") })).toBe(done);
	});

	test("a partial result is shown while the run goes on", () => {
		const state = play(
			{ type: "run-started", job: 1 },
			{ type: "run-result", job: 1, result: resultOf("x"), picture: null, final: false },
		);
		expect([state.run.status, state.shown?.result.text]).toEqual(["running", "x"]);
	});

	test("cancelling is not a failure", () => {
		const state = play({ type: "run-started", job: 1 }, { type: "run-failed", job: 1, failure: failure("cancelled") });
		expect([state.run.status, state.run.failure]).toEqual(["cancelled", null]);
		expect(play({ type: "open-ended", failure: failure("cancelled") }).model.status).toBe("closed");
	});

	test("a result is stale once the text or the picture changes", () => {
		const done = play(
			{ type: "text", text: "x" },
			{ type: "run-started", job: 1 },
			{ type: "run-result", job: 1, result: resultOf("x"), picture: null, final: true },
		);
		expect(isStale(done)).toBe(false);
		expect(isStale(reduce(done, { type: "text", text: "xy" }))).toBe(true);
		expect(isStale(reduce(done, { type: "picture", picture }))).toBe(true);
	});
});

describe("the request", () => {
	test("only edited labels are sent", () => {
		expect(requestOf(INITIAL).labels).toEqual({});
		const state = play(
			{ type: "labels", list: "entityTypes", values: ["film"] },
			{ type: "roles", event: "attack", values: ["target"] },
		);
		expect(requestOf(state).labels).toEqual({ entityTypes: ["film"], argumentRoles: { attack: ["target"] } });
		expect(requestOf(reduce(state, { type: "roles", event: "attack", values: null })).labels).toEqual({
			entityTypes: ["film"],
		});
	});

	test("everything is asked about only where the person says so", () => {
		expect(requestOf(INITIAL).prefilter).toBeUndefined();
		expect(requestOf(play({ type: "extras", extras: { prefilter: "off" } })).prefilter).toBe("off");
	});

	test("checkboxes become tasks", () => {
		expect(
			requestOf(play({ type: "task", task: "events", on: true }, { type: "task", task: "relations", on: false })).tasks,
		).toEqual(["mner", "mee"]);
	});

	test("beams stay between 1 and 16", () => {
		const beams = [0, 99, Number.NaN, 3.4].map(
			(value) => play({ type: "options", options: { beams: value } }).options.beams,
		);
		expect(beams).toEqual([1, 16, 1, 3]);
	});
});

describe("what only some tasks need", () => {
	const layout = {
		name: "form",
		words: [
			{ text: "London", box: [60, 0, 100, 10] },
			{ text: "City", box: [0, 0, 30, 10] },
		],
	} as const;
	const steps: Action[] = [
		{ type: "extras", extras: { tasks: ["gmper"] } },
		{ type: "text", text: "mix\nbake" },
		{ type: "step-pictures", pictures: [picture, null] },
	];

	test("a form becomes its reading order, with the task of its fields; another text ends it, undo restores it", () => {
		const state = play({ type: "text", text: "old" }, { type: "layout", layout });
		expect([state.post.text, state.post.layout, state.extras.tasks]).toEqual(["City  London", layout, ["re2"]]);
		expect(reduce(state, { type: "undone" }).post).toEqual({ text: "old", picture: null });
		expect(reduce(state, { type: "text", text: "new" }).post).toEqual({ text: "new", picture: null });
		const removed = reduce(state, { type: "layout-removed" });
		expect(removed.post).toEqual({ text: "City  London", picture: null });
		expect(reduce(removed, { type: "undone" }).post.layout).toBe(layout);
	});

	test("words that make no text are told, and change nothing", () => {
		const state = play(
			{ type: "text", text: "old" },
			{ type: "layout", layout: { name: "x", words: [{ text: " ", box: [0, 0, 1, 1] }] } },
		);
		expect([state.post.text, state.post.layout, state.notice]).toEqual(["old", undefined, "The layout has no text."]);
	});

	test("pictures stay with their steps when lines are written before them", () => {
		expect(reduce(play(...steps), { type: "text", text: "wash\nmix\nbake" }).post.stepPictures).toEqual([
			null,
			picture,
		]);
	});

	test("what was kept comes back, but never over what is there, and a form only with its own text", () => {
		const kept: Action = { type: "parts-restored", stepPictures: [picture], layout };
		expect(play({ type: "text", text: "City  London" }, kept).post.layout).toBe(layout);
		expect(play({ type: "text", text: "other" }, kept).post.layout).toBeUndefined();
		expect(reduce(play(...steps), kept).post.stepPictures).toEqual([picture, null]);
		expect(reduce(INITIAL, { type: "parts-restored" })).toBe(INITIAL);
	});

	test("a result is stale when a step has another picture since, but only where steps are asked for", () => {
		const before = play(...steps);
		const { stepPictures } = before.post;
		const ran = (
			[
				{ type: "run-started", job: 1 },
				{
					type: "run-result",
					job: 1,
					result: resultOf("mix\nbake"),
					picture: null,
					...(stepPictures && { stepPictures }),
					final: true,
				},
			] as const
		).reduce(reduce, before);
		expect(isStale(ran)).toBe(false);
		const moved = reduce(ran, { type: "step-pictures", pictures: [null, picture] });
		expect(isStale(moved)).toBe(true);
		expect(isStale(reduce(moved, { type: "extras", extras: { tasks: [] } }))).toBe(false);
	});
});

describe("choosing a model", () => {
	test("another model forgets the manifest of the one before", () => {
		const state = play({ type: "model-chosen", choice: { kind: "url", url: "https://example.org/m/" } });
		expect([state.manifest, state.model.status]).toEqual([null, "closed"]);
	});
});

describe("corrections", () => {
	const author = { by: "Grace", at: "2026-01-02T03:04:05.000Z" };
	const opened = play({ type: "picture", picture }, { type: "result-opened", result: EXAMPLE });
	const edited = reduce(opened, { type: "edited", edit: { edit: "delete-entity", id: "e1" }, author });
	const ids = ({ shown }: AppState) => shown?.result.entities.map(({ id }) => id);

	test("an opened result can be corrected at once, until the person is done", () => {
		const correcting = play({ type: "result-opened", result: EXAMPLE, correct: true });
		expect(correcting.correcting).toBe(correcting.shown?.job);
		expect(reduce(correcting, { type: "correcting", job: null }).correcting).toBeNull();
		expect(opened.correcting).toBeNull();
	});

	test("an opened result brings its text, belongs to the picture that is there, and is not stale", () => {
		expect(opened.post).toEqual({ text: EXAMPLE.text, picture });
		expect(isStale(opened)).toBe(false);
	});

	test("are undone and redone; a new one ends what could be redone", () => {
		expect(ids(edited)).toEqual(["e2", "e3", "e4"]);
		const undone = reduce(edited, { type: "edit-undone" });
		expect(ids(undone)).toEqual(["e1", "e2", "e3", "e4"]);
		expect(ids(reduce(undone, { type: "edit-redone" }))).toEqual(["e2", "e3", "e4"]);
		const other = reduce(undone, { type: "edited", edit: { edit: "delete-entity", id: "e4" }, author });
		expect(reduce(other, { type: "edit-redone" })).toBe(other);
	});

	test("that do not fit are told and change nothing", () => {
		const state = reduce(opened, { type: "edited", edit: { edit: "delete-entity", id: "e9" }, author });
		expect(state.shown).toBe(opened.shown);
		expect(state.notice).toBe("The entity e9 is not in the result.");
	});

	test("replaced by a new run come back with undo", () => {
		const run = [
			{ type: "run-started", job: 1 },
			{ type: "run-result", job: 1, result: EXAMPLE, picture, final: true },
		] as const;
		const replaced = run.reduce(reduce, edited);
		expect(ids(replaced)).toEqual(["e1", "e2", "e3", "e4"]);
		expect(ids(reduce(replaced, { type: "undone" }))).toEqual(["e2", "e3", "e4"]);
	});

	test("of an earlier visit take the post's picture when it is the same, and never replace a newer result", () => {
		const copy: Picture = { name: "a.png", bytes: new Uint8Array([1]) };
		const restored: Action = { type: "result-restored", result: EXAMPLE, picture: copy, undone: [] };
		expect(play({ type: "picture", picture }, restored).shown?.picture).toBe(picture);
		expect(reduce(edited, restored)).toBe(edited);
	});
});
