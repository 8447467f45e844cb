/**
 * Draws the boxes of a result over its image, and moves them with the image. Like a text, each image of a post lies
 * under one frame from the beginning, and no box reaches beyond it.
 */
import type { Size } from "../../core/geometry.ts";
import type { ExtractionResult, Region } from "../../core/result.ts";
import { t } from "../../messages/ui.ts";
import { lookClass, lookOfType, TRIGGER_LOOK } from "../../ui/palette.ts";
import { element } from "../view/dom.ts";
import type { Corner } from "./overlay.ts";
import { type Area, paintedArea } from "./painted.ts";
import { conceal } from "./words.ts";

interface Drawn {
	readonly region: Region;
	readonly name: string;
	/** Class names; empty for a region in which nothing was found. */
	readonly look: string;
}

/** The regions that entities and arguments point to. A region of several is named after the first. */
function namedRegions({ entities, events }: Pick<ExtractionResult, "entities" | "events">): Drawn[] {
	const ofEntities = entities.flatMap(({ type, text, regions, seen }) => {
		const name = seen?.perhaps ? t("picture.perhaps", { name: text }) : text;
		return regions.map((region) => ({ region, name, look: lookClass(lookOfType(type)) }));
	});
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
	readonly image: HTMLImageElement | null;
	/**
	 * Draws at the next `place`.
	 * @param all draw the most salient regions in which nothing was found, too
	 */
	draw(result: ExtractionResult | null, all: boolean): void;
	/** @param corner of the layer that holds the frame */
	place(corner: Corner): void;
}

/** More unnamed boxes than this hide the picture. */
const MAX_UNNAMED = 8;

export function createRegions(image: HTMLImageElement | null): Regions {
	const frame = element("div", { class: "picture" });
	frame.hidden = true;
	let drawn: readonly Drawn[] = [];
	let of: Size | null = null;
	/** Where the picture is painted in the frame, and what is drawn there. */
	let before = "";
	return {
		frame,
		image,
		draw(result, all) {
			of = result?.image ?? null;
			drawn = result ? drawnOf(result, all) : [];
			before = "";
		},
		place(corner) {
			if (!image) return;
			const { left, top, width, height } = image.getBoundingClientRect();
			frame.hidden = !image.isConnected || width === 0;
			if (frame.hidden) return;
			const { objectFit, objectPosition } = getComputedStyle(image);
			const natural = { width: image.naturalWidth, height: image.naturalHeight };
			const area = paintedArea({ left: 0, top: 0, width, height }, natural, objectFit, objectPosition);
			setArea(frame, { left: left - corner.left, top: top - corner.top, width, height });
			const now = JSON.stringify([area, width, height]);
			if (now === before) return;
			before = now;
			// New boxes at each size: the page can measure how far an old one moves.
			frame.replaceChildren(...(of ? boxesIn({ width, height }, area, of, drawn) : []));
		},
	};
}

function drawnOf(result: ExtractionResult, all: boolean): Drawn[] {
	const named = namedRegions(result);
	const rest = all
		? result.regions.filter(({ object }) => !named.some(({ region }) => region.object === object)).slice(0, MAX_UNNAMED)
		: [];
	return [...rest.map((region): Drawn => ({ region, name: region.object, look: "" })), ...named];
}

/** @param of size of the image that the result was made with, in pixels */
function boxesIn(frame: Size, area: Area, of: Size, drawn: readonly Drawn[]): HTMLElement[] {
	const [across, down] = [area.width / of.width, area.height / of.height];
	return drawn.flatMap(({ region, name, look }) => {
		const [x1, y1, x2, y2] = region.box;
		const left = Math.max(EDGE, area.left + x1 * across);
		const top = Math.max(EDGE, area.top + y1 * down);
		const width = Math.min(frame.width - EDGE, area.left + x2 * across) - left;
		const height = Math.min(frame.height - EDGE, area.top + y2 * down) - top;
		if (width <= 0 || height <= 0) return [];
		const label = look ? conceal(element("span", {}, name)) : null;
		const box = element("div", { class: `region ${look} ${look ? "is-named" : ""}` }, label);
		Object.assign(box.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
		return [box];
	});
}

/** A box's outline stays within the frame. */
const EDGE = 1;

function setArea({ style }: HTMLElement, { left, top, width, height }: Area): void {
	style.transform = `translate(${left}px, ${top}px)`;
	style.width = `${width}px`;
	style.height = `${height}px`;
}
