/** Regions are judged by the words and the box of a mention; persons are never certain. */
import { expect, test } from "vitest";
import { EMPTY_PREDICTION, type FoundEntity, type Prediction } from "../predict/contract.ts";
import { fitMap } from "./fit.ts";
import { judgeRegions } from "./regions.ts";

const RECORD = {
	id: "a",
	text: "Nike in Paris",
	entities: [
		{ type: "organization", start: 0, end: 4, boxes: [[0, 0, 0.5, 0.5]] },
		{ type: "location", start: 8, end: 13 },
	],
};
const found = (start: number, end: number, box: FoundEntity["boxes"][number], score: number): FoundEntity => ({
	type: "location",
	start,
	end,
	score: 1,
	boxes: [box],
	seen: { score, person: false },
});
const predict = (...entities: FoundEntity[]): Prediction => ({ ...EMPTY_PREDICTION, id: "a", entities });

test("a region is right where the words are annotated with a box that it overlaps by half", () => {
	const judge = (...entities: FoundEntity[]) => judgeRegions([RECORD], [predict(...entities)])[0]!;
	expect(judge(found(0, 4, [0, 0, 0.5, 0.4], 0.7))).toEqual({
		text: RECORD.text,
		outcomes: [{ score: 0.7, right: true }],
		gold: 1,
	});
	expect(judge(found(0, 4, [0.4, 0.4, 1, 1], 0.7)).outcomes).toEqual([{ score: 0.7, right: false }]);
	expect(judge(found(8, 13, [0, 0, 0.5, 0.5], 0.2)).outcomes).toEqual([{ score: 0.2, right: false }]);
	expect(judge({ ...found(0, 4, [0, 0, 1, 1], 1), seen: undefined as never, boxes: [] }).outcomes).toEqual([]);
});

test("without persons, who are wrong here, the threshold for certain regions is lower", () => {
	const posts = (person: boolean) =>
		Array.from({ length: 400 }, (_, index) => {
			const score = (index % 100) / 100;
			const isPerson = index % 2 === 0;
			return {
				text: `${index}`,
				outcomes: [{ score, right: isPerson ? score > 0.9 : score > 0.4, ...(person && isPerson && { person: true }) }],
				gold: 1,
			};
		});
	const [all, apart] = [fitMap(posts(false), 0.5, 0.9).map, fitMap(posts(true), 0.5, 0.9).map];
	expect(apart.certain!).toBeLessThan(all.certain!);
	expect(fitMap(posts(true), 0.5).map).not.toHaveProperty("certain");
});
