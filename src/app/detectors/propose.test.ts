/** A detector runs only where it was chosen and there is a picture. */
import { expect, test } from "vitest";
import type { Detector } from "../../client/detector.ts";
import type { DetectRequest } from "../../client/detector-protocol.ts";
import { withRegions } from "./propose.ts";

const region = { box: [0, 0, 1, 1], score: 1, label: "dog" } as const;

function fake() {
	const requested: DetectRequest[] = [];
	const detector: Detector = {
		async detect(request) {
			requested.push(request);
			return [region];
		},
		close() {},
	};
	return { requested, detector };
}

test("the built-in proposals ask no detector, and neither does a text", async () => {
	const { requested, detector } = fake();
	const post = { text: "a", image: new Uint8Array(1) };
	expect(await withRegions(detector, "built-in", post, {})).toBe(post);
	expect(await withRegions(detector, "Xenova/yolos-tiny", { text: "a", image: null }, {})).toEqual({
		text: "a",
		image: null,
	});
	expect(requested).toEqual([]);
});

test("a chosen detector's regions travel with the post", async () => {
	const { requested, detector } = fake();
	const image = new Uint8Array(1);
	expect(await withRegions(detector, "Xenova/yolos-tiny", { text: "a", image }, {})).toEqual({
		text: "a",
		image,
		regions: [region],
	});
	expect(requested).toMatchObject([{ model: "Xenova/yolos-tiny", kind: "objects", labels: [] }]);
});
