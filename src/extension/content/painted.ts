/** Computes where the browser paints the picture of an image element, from its place and its CSS `object-fit`. */
import type { Size } from "../../core/geometry.ts";

/** In CSS pixels. */
export interface Area extends Size {
	readonly left: number;
	readonly top: number;
}

/** Scales for each value of `object-fit`; a value that is not listed means "fill". */
const SCALE: Readonly<Record<string, (x: number, y: number) => readonly [number, number]>> = {
	contain: (x, y) => [Math.min(x, y), Math.min(x, y)],
	cover: (x, y) => [Math.max(x, y), Math.max(x, y)],
	none: () => [1, 1],
	"scale-down": (x, y) => [Math.min(1, x, y), Math.min(1, x, y)],
};

/**
 * The area of the whole picture; the element may show only a part of it.
 * @param position computed `object-position`, such as "50% 50%" or "0px 10px"
 */
export function paintedArea(element: Area, picture: Size, fit: string, position: string): Area {
	if (picture.width <= 0 || picture.height <= 0) return element;
	const scale = Object.hasOwn(SCALE, fit) ? SCALE[fit] : undefined;
	const [x, y] = [element.width / picture.width, element.height / picture.height];
	const [scaleX, scaleY] = scale?.(x, y) ?? [x, y];
	const [width, height] = [picture.width * scaleX, picture.height * scaleY];
	const [across = "50%", down = "50%"] = position.split(" ");
	return {
		left: element.left + offset(across, element.width - width),
		top: element.top + offset(down, element.height - height),
		width,
		height,
	};
}

function offset(value: string, room: number): number {
	const number = Number.parseFloat(value);
	if (!Number.isFinite(number)) return room / 2;
	return value.endsWith("%") ? (room * number) / 100 : number;
}
