/** Tests that a card never lies over the words it explains, wherever they are and however small the window is. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { boxAt, buttonPlaces, cardPlace, overlap } from "./room.ts";

const card = { width: 340, height: 360 };
const post = boxAt(250, 100, { width: 600, height: 400 });
const words = [boxAt(316, 130, { width: 500, height: 40 })];
const button = boxAt(804, 88, { width: 40, height: 24 });

test("in a wide window the card stands beside the post", () => {
	const place = cardPlace({ words, post, button, card, window: { width: 1300, height: 900 }, pageEnd: 5000 });
	expect(place).toEqual({ left: 856, top: 88, height: 360, isAway: false });
});

test("in a narrow window it stands below the words, or above them", () => {
	const window = { width: 860, height: 900 };
	expect(cardPlace({ words, post, button, card, window, pageEnd: 5000 })).toMatchObject({ top: 176, isAway: false });
	const low = { words: [boxAt(316, 700, { width: 500, height: 150 })], button: boxAt(804, 690, button2) };
	expect(cardPlace({ ...low, post, card, window, pageEnd: 5000 })).toMatchObject({ top: 324, height: 360 });
});
const button2 = { width: 40, height: 24 };

test("where words leave less room it is lower, and where they fill the window it stands below them", () => {
	const window = { width: 390, height: 700 };
	const narrow = { post: boxAt(0, 0, { width: 390, height: 600 }), button: boxAt(340, 10, button2), window, card };
	const half = [boxAt(10, 40, { width: 370, height: 400 })];
	expect(cardPlace({ ...narrow, words: half, pageEnd: 5000 })).toMatchObject({ top: 446, height: 248 });
	const full = [boxAt(10, 40, { width: 370, height: 900 })];
	expect(cardPlace({ ...narrow, words: full, pageEnd: 5000 })).toMatchObject({ top: 946, height: 360, isAway: true });
});

test("whatever the page looks like, card and words do not overlap", () => {
	const length = (max: number) => fc.integer({ min: 1, max });
	const box = fc
		.tuple(length(800), fc.integer({ min: -500, max: 900 }), length(600), length(1500))
		.map(([x, y, width, height]) => boxAt(x, y, { width, height }));
	const all = fc.array(box, { minLength: 1, maxLength: 4 });
	fc.assert(
		fc.property(all, box, length(2000), length(1200), length(4000), (texts, of, width, height, pageEnd) => {
			const place = cardPlace({ words: texts, post: of, button, card, window: { width, height }, pageEnd });
			const at = boxAt(place.left, place.top, { width: card.width, height: place.height });
			for (const text of texts) expect(overlap(at, text)).toBe(false);
			expect(overlap(at, button)).toBe(false);
		}),
	);
});

test("room for a button is looked for at the upper right corner first", () => {
	const [first, second] = buttonPlaces(post, button2);
	expect(first).toEqual(boxAt(804, 88, button2));
	expect(second).toEqual(boxAt(804, 103, button2));
});
