/** Goes in: a result and the image it was made with. Comes out: its boxes, drawn over the image wherever it stands now. */
import type { ExtractionResult, Region } from "../../core/result.ts";
import { lookClass, lookOfType, TRIGGER_LOOK } from "../../ui/palette.ts";
import { element } from "./dom.ts";
import { type Area, paintedArea } from "./painted.ts";

interface Drawn {
	readonly region: Region;
	readonly name: string;
	/** Empty: a region that nothing was found in. */
	readonly look: string;
}

/** Regions with what they are; a region that several things point to is named after the first. */
export function namedRegions({ entities, events }: Pick<ExtractionResult, "entities" | "events">): Drawn[] {
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
	/** @param origin viewport coordinates of the layer's corner */
	place(origin: { readonly left: number; readonly top: number }): void;
}

/** More unnamed boxes than this hide the picture. */
const MOST_UNNAMED = 8;

/** @param all also the most salient regions in which nothing was found */
export function drawRegions(image: HTMLImageElement, result: ExtractionResult, all: boolean): Regions | null {
	const size = result.image;
	const named = namedRegions(result);
	const rest = all
		? result.regions
				.filter(({ object }) => !named.some(({ region }) => region.object === object))
				.slice(0, MOST_UNNAMED)
		: [];
	const drawn = [...rest.map((region): Drawn => ({ region, name: region.object, look: "" })), ...named];
	if (!size || drawn.length === 0) return null;
	const whole = element("div", {});
	for (const { region, name, look } of drawn) {
		const [x1, y1, x2, y2] = region.box;
		const box = element(
			"div",
			{ class: `region ${look} ${look ? "is-named" : ""}` },
			look ? element("span", {}, name) : null,
		);
		const percent = (part: number, of: number) => `${(100 * part) / of}%`;
		box.style.left = percent(x1, size.width);
		box.style.top = percent(y1, size.height);
		box.style.width = percent(x2 - x1, size.width);
		box.style.height = percent(y2 - y1, size.height);
		whole.append(box);
	}
	const frame = element("div", { class: "picture" }, whole);
	return {
		frame,
		place(origin) {
			const seen = image.getBoundingClientRect();
			frame.hidden = !image.isConnected || seen.width === 0;
			if (frame.hidden) return;
			const { objectFit, objectPosition } = getComputedStyle(image);
			const natural = { width: image.naturalWidth, height: image.naturalHeight };
			const area = paintedArea(
				{ left: 0, top: 0, width: seen.width, height: seen.height },
				natural,
				objectFit,
				objectPosition,
			);
			setArea(frame, {
				left: seen.left - origin.left,
				top: seen.top - origin.top,
				width: seen.width,
				height: seen.height,
			});
			setArea(whole, area);
		},
	};
}

function setArea({ style }: HTMLElement, { left, top, width, height }: Area): void {
	style.position = "absolute";
	style.transform = `translate(${left}px, ${top}px)`;
	style.width = `${width}px`;
	style.height = `${height}px`;
}
