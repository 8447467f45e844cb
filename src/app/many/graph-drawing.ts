/** Draws a laid-out graph on a canvas, in the colours of the palette. */
import { lookOfType } from "../../ui/palette.ts";
import type { Camera } from "./graph-camera.ts";
import type { GraphLayout, PlacedThing } from "./graph-layout.ts";

/** Names are drawn for the things with most mentions. */
const NAMED = 60;
/** The hues of the palette, which only the style sheet knows. */
export function colourOf(canvas: HTMLElement): (type: string) => string {
	const probe = document.createElement("span");
	canvas.parentElement?.append(probe);
	const known = new Map<string, string>();
	for (const hue of ["blue", "vermillion", "green", "purple", "orange", "sky", "yellow", "grey"]) {
		probe.className = `hue-${hue}`;
		known.set(hue, getComputedStyle(probe).getPropertyValue("--hue") || "#888888");
	}
	probe.remove();
	return (type) => known.get(lookOfType(type).hue) ?? "#888888";
}

export interface Drawing {
	readonly layout: GraphLayout;
	readonly camera: Camera;
	readonly lit: string | null;
	readonly colour: (type: string) => string;
}

export function draw(canvas: HTMLCanvasElement, drawing: Drawing): void {
	const { layout, camera, lit, colour } = drawing;
	const context = canvas.getContext("2d");
	if (!context) return;
	const ratio = devicePixelRatio;
	const { clientWidth: width, clientHeight: height } = canvas;
	if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
	if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
	const style = getComputedStyle(canvas);
	const scale = ratio * camera.zoom;
	context.setTransform(1, 0, 0, 1, 0, 0);
	context.clearRect(0, 0, canvas.width, canvas.height);
	context.setTransform(scale, 0, 0, scale, ratio * (width / 2 + camera.x), ratio * (height / 2 + camera.y));
	const near = new Set(lit === null ? [] : layout.ties.flatMap(({ source, target }) => endsNear(source, target, lit)));
	for (const strong of [false, true]) {
		context.beginPath();
		for (const { source, target } of layout.ties) {
			if ((source.thing.key === lit || target.thing.key === lit) !== strong) continue;
			context.moveTo(source.x, source.y);
			context.lineTo(target.x, target.y);
		}
		context.strokeStyle = strong ? style.color : style.borderColor;
		context.lineWidth = (strong ? 2 : 1) / camera.zoom;
		context.stroke();
	}
	for (const placed of layout.things) {
		context.globalAlpha = lit === null || placed.thing.key === lit || near.has(placed.thing.key) ? 1 : 0.25;
		context.beginPath();
		context.arc(placed.x, placed.y, placed.radius, 0, 2 * Math.PI);
		context.fillStyle = colour(placed.thing.type);
		context.fill();
	}
	drawNames(context, drawing, near, style);
	context.globalAlpha = 1;
}

const endsNear = (source: PlacedThing, target: PlacedThing, lit: string): string[] =>
	source.thing.key === lit ? [target.thing.key] : target.thing.key === lit ? [source.thing.key] : [];

function drawNames(
	context: CanvasRenderingContext2D,
	{ layout, camera, lit }: Drawing,
	near: ReadonlySet<string>,
	style: CSSStyleDeclaration,
): void {
	const size = 12 / camera.zoom;
	context.font = `${size}px ${style.fontFamily}`;
	context.textAlign = "center";
	context.fillStyle = style.color;
	context.strokeStyle = style.backgroundColor;
	context.lineWidth = 3 / camera.zoom;
	context.lineJoin = "round";
	const named = Math.ceil(NAMED * Math.max(1, camera.zoom));
	for (const [rank, { thing, x, y, radius }] of layout.things.entries()) {
		const bright = thing.key === lit || near.has(thing.key);
		if (lit === null ? rank >= named : !bright) continue;
		context.globalAlpha = 1;
		const name = thing.name.length > 28 ? `${thing.name.slice(0, 27)}…` : thing.name;
		context.strokeText(name, x, y - radius - size * 0.35);
		context.fillText(name, x, y - radius - size * 0.35);
	}
}
