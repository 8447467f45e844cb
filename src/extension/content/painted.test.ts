/** Tests where a picture is painted, for every value of `object-fit`. */
import { expect, test } from "vitest";
import { paintedArea } from "./painted.ts";

const element = { left: 10, top: 20, width: 100, height: 100 };
const wide = { width: 400, height: 200 };

test("fill stretches the picture to the element", () => {
	expect(paintedArea(element, wide, "fill", "50% 50%")).toEqual(element);
});
test("cover cuts off left and right of a wide picture", () => {
	expect(paintedArea(element, wide, "cover", "50% 50%")).toEqual({ left: -40, top: 20, width: 200, height: 100 });
});
test("contain leaves room above and below a wide picture", () => {
	expect(paintedArea(element, wide, "contain", "50% 50%")).toEqual({ left: 10, top: 45, width: 100, height: 50 });
});
test("a position in pixels is counted from the corner, one in percent shares out the room", () => {
	expect(paintedArea(element, wide, "contain", "0px 7px")).toEqual({ left: 10, top: 27, width: 100, height: 50 });
	expect(paintedArea(element, wide, "contain", "0% 100%")).toEqual({ left: 10, top: 70, width: 100, height: 50 });
});
test("scale-down never makes a small picture larger", () => {
	expect(paintedArea(element, { width: 20, height: 10 }, "scale-down", "0% 0%")).toEqual({
		left: 10,
		top: 20,
		width: 20,
		height: 10,
	});
});
test("a picture without a size takes the element's place", () => {
	expect(paintedArea(element, { width: 0, height: 0 }, "cover", "50% 50%")).toEqual(element);
});
