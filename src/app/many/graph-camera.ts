/** Where the graph is looked at from: moves, zooms, and finds what is under a point. */
import { type GraphLayout, type PlacedThing, thingAt } from "./graph-layout.ts";

/** `x`, `y`: pixels by which the graph's origin is off the middle of the canvas. */
export interface Camera {
	readonly x: number;
	readonly y: number;
	readonly zoom: number;
}

/** A place on the canvas, in pixels from its middle. */
export interface Point {
	readonly x: number;
	readonly y: number;
}

export function pointOf(
	canvas: HTMLElement,
	{ clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): Point {
	const box = canvas.getBoundingClientRect();
	return { x: clientX - box.left - box.width / 2, y: clientY - box.top - box.height / 2 };
}

/** The thing under a point, null where there is none. */
export function thingUnder(layout: GraphLayout, { x, y, zoom }: Camera, point: Point): PlacedThing | null {
	return thingAt(layout, (point.x - x) / zoom, (point.y - y) / zoom);
}

/** The camera that shows the whole graph. */
export function wholeView(layout: GraphLayout, canvas: HTMLElement): Camera {
	const xs = layout.things.map(({ x }) => x);
	const ys = layout.things.map(({ y }) => y);
	const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
	if (!Number.isFinite(left)) return { x: 0, y: 0, zoom: 1 };
	const zoom = Math.min(
		2,
		0.88 * Math.min(canvas.clientWidth / (right - left + 60), canvas.clientHeight / (bottom - top + 60)),
	);
	return { x: (-(left + right) / 2) * zoom, y: (-(top + bottom) / 2) * zoom, zoom };
}

/** Zooms about a point. */
export function zoomed(camera: Camera, factor: number, { x, y }: Point = { x: 0, y: 0 }): Camera {
	const zoom = Math.min(8, Math.max(0.02, camera.zoom * factor));
	const change = zoom / camera.zoom;
	return { x: x + (camera.x - x) * change, y: y + (camera.y - y) * change, zoom };
}
