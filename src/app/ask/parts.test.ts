/** Checks what the engine is sent for posts, procedures, forms and videos, and how the answers are joined. */
import { expect, test } from "vitest";
import type { ExtractionResult } from "../../core/result.ts";
import { importedResult } from "../../exports/checks.ts";
import { type AppState, INITIAL, type Picture } from "../state/state.ts";
import { type Parts, partsOf } from "./parts.ts";

const picture = (byte: number): Picture => ({ name: `${byte}.png`, bytes: new Uint8Array([byte]) });
const TRAINED = { vision: "trained" } as const;
const asking = (post: AppState["post"], tasks: AppState["extras"]["tasks"] = []): Promise<Parts> =>
	partsOf({ ...INITIAL, post, extras: { ...INITIAL.extras, tasks } }, TRAINED);
const answer = (text: string): ExtractionResult =>
	importedResult({ text, image: { width: 2, height: 2 }, entities: [] });

test("a post is asked once, with its picture", async () => {
	const { posts, merge } = await asking({ text: "a\nb", picture: picture(1), stepPictures: [picture(2)] });
	expect(posts).toEqual([{ text: "a\nb", image: new Uint8Array([1]) }]);
	const one = answer("a\nb");
	expect(merge([one])).toBe(one);
});

test("steps with pictures are asked one by one, each with its own, and keep their places in the text", async () => {
	const { posts, merge } = await asking(
		{ text: "mix\n\n bake", picture: picture(1), stepPictures: [null, picture(2)] },
		["gmper"],
	);
	expect(posts).toEqual([
		{ text: "mix", image: null },
		{ text: " bake", image: new Uint8Array([2]) },
	]);
	const merged = merge(posts.map(({ text }) => answer(text)));
	expect([merged.text, merged.steps?.map(({ start }) => start)]).toEqual(["mix\n\n bake", [0, 5]]);
	// While the second is still being read, the first stands alone.
	expect(merge([answer("mix")]).steps).toHaveLength(1);
});

test("a form is asked as one page, with its boxes", async () => {
	const words = [{ text: "City", box: [0, 0, 30, 10] }] as const;
	const { posts } = await asking(
		{ text: "City", picture: null, stepPictures: [picture(2)], layout: { name: "form", words } },
		["gmper", "re2"],
	);
	expect(posts).toEqual([{ text: "City", image: null, layout: words }]);
});

test("frames of a video are asked one by one by a model that looks, once by one that does not", async () => {
	const frames = [0, 1].map((start) => ({ time: { start, end: start + 1 }, bytes: new Uint8Array([start]) }));
	const post = { text: "a", picture: { ...picture(0), frames } };
	expect((await asking(post)).posts).toHaveLength(2);
	const untrained = async (gate: AppState["options"]["gate"]) =>
		(await partsOf({ ...INITIAL, post, options: { ...INITIAL.options, gate } }, { vision: "untrained" })).posts;
	expect(await untrained("auto")).toHaveLength(1);
	// A gate that a person fixed lets the picture in, or shuts it out, whatever the manifest says: as in the engine.
	expect(await untrained(0.5)).toHaveLength(2);
	expect((await partsOf({ ...INITIAL, post, options: { ...INITIAL.options, gate: 0 } }, TRAINED)).posts).toHaveLength(
		1,
	);
});
