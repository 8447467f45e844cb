/** Draws the boxes of a result over its image, and moves them with the image. */
import type { Size } from "../../core/geometry.ts";
import type { ExtractionResult, Region } from "../../core/result.ts";
import { lookClass, lookOfType, TRIGGER_LOOK } from "../../ui/palette.ts";
import { element } from "../view/dom.ts";
import type { Corner } from "./overlay.ts";
import { type Area, paintedArea } from "./painted.ts";

interface Drawn {
	readonly region: Region;
	readonly name: string;
	/** Class names; empty for a region in which nothing was found. */
	readonly look: string;
}

/** The regions that entities and arguments point to. A region of several is named after the first. */
function namedRegions({ entities, events }: Pick<ExtractionResult, "entities" | "events">): Drawn[] {
	const ofEntities = entities.flatMap(({ type, text, regions }) =>
		regions.map((region) => ({ region, name: text, look: lookClass(lookOfType(type)) })),
	);
	const ofEvents = events.flatMap(({ arguments: roles }) =>
		roles.flatMap(({ role, region }) => (region ? [{ region, name: role, look: lookClass(TRIGGER_LOOK) }] : [])),
	);
	const byObject = new Map<string, Drawn>();
	for (const drawn of [...ofEntities, ...ofEvents])
		if (!byObject.has(drawn.region.object)) byObject.set(drawn.region.object, drawn);
	return [...byObject.values()];
}

export interface Regions {
	readonly frame: HTMLElement;
	/** @param corner of the layer that holds the frame */
	place(corner: Corner): void;
}

/** More unnamed boxes than this hide the picture. */
const MAX_UNNAMED = 8;

/**
 * @param all draw the most salient regions in which nothing was found, too
 * @returns null when there is nothing to draw
 */
export function drawRegions(image: HTMLImageElement, result: ExtractionResult, all: boolean): Regions | null {
	const size = result.image;
	const named = namedRegions(result);
	const rest = all
		? result.regions.filter(({ object }) => !named.some(({ region }) => region.object === object)).slice(0, MAX_UNNAMED)
		: [];
	const drawn = [...rest.map((region): Drawn => ({ region, name: region.object, look: "" })), ...named];
	if (!size || drawn.length === 0) return null;
	const whole = element("div", {});
	whole.append(...drawn.map((one) => drawBox(one, size)));
	const frame = element("div", { class: "picture" }, whole);
	return {
		frame,
		place(corner) {
			const { left, top, width, height } = image.getBoundingClientRect();
			frame.hidden = !image.isConnected || width === 0;
			if (frame.hidden) return;
			const { objectFit, objectPosition } = getComputedStyle(image);
			const natural = { width: image.naturalWidth, height: image.naturalHeight };
			const area = paintedArea({ left: 0, top: 0, width, height }, natural, objectFit, objectPosition);
			setArea(frame, { left: left - corner.left, top: top - corner.top, width, height });
			setArea(whole, area);
		},
	};
}

/** @param size of the image that the result was made with, in pixels */
function drawBox({ region, name, look }: Drawn, { width, height }: Size): HTMLElement {
	const [x1, y1, x2, y2] = region.box;
	const label = look ? element("span", {}, name) : null;
	const box = element("div", { class: `region ${look} ${look ? "is-named" : ""}` }, label);
	const percent = (part: number, whole: number) => `${(100 * part) / whole}%`;
	box.style.left = percent(x1, width);
	box.style.top = percent(y1, height);
	box.style.width = percent(x2 - x1, width);
	box.style.height = percent(y2 - y1, height);
	return box;
}

function setArea({ style }: HTMLElement, { left, top, width, height }: Area): void {
	style.position = "absolute";
	style.transform = `translate(${left}px, ${top}px)`;
	style.width = `${width}px`;
	style.height = `${height}px`;
}
