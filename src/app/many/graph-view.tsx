/** Goes in: totals over all posts. Comes out: a graph of things and ties to look around in, and the same as a list for those who do not see it. */
import { useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { lookOfType } from "../../ui/palette.ts";
import { type GraphLayout, layOut, type PlacedThing, thingAt } from "./graph-layout.ts";
import { graphOf, type Totals } from "./totals.ts";

/** More nodes than this nobody can read, and a phone can hardly draw. */
export const MAX_NODES = 2000;
/** Names are drawn for the things with most mentions. */
const NAMED = 60;
/** Milliseconds of layout between two frames. */
const BUDGET_MS = 8;

interface Camera {
	readonly x: number;
	readonly y: number;
	readonly zoom: number;
}

interface GraphViewProps {
	readonly totals: Totals;
	readonly version: number;
	readonly chosen: string | null;
	readonly onChoose: (key: string | null) => void;
}

/** The hues of the palette, which only the style sheet knows. */
function colourOf(canvas: HTMLElement): (type: string) => string {
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

interface Drawing {
	readonly layout: GraphLayout;
	readonly camera: Camera;
	readonly lit: string | null;
	readonly colour: (type: string) => string;
}

function draw(canvas: HTMLCanvasElement, drawing: Drawing): void {
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

/** Whole graph in view. */
function wholeView(layout: GraphLayout, canvas: HTMLElement): Camera {
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

const KEYS: Readonly<Record<string, (camera: Camera) => Camera>> = {
	ArrowLeft: (camera) => ({ ...camera, x: camera.x + 40 }),
	ArrowRight: (camera) => ({ ...camera, x: camera.x - 40 }),
	ArrowUp: (camera) => ({ ...camera, y: camera.y + 40 }),
	ArrowDown: (camera) => ({ ...camera, y: camera.y - 40 }),
	"+": (camera) => zoomed(camera, 1.25),
	"=": (camera) => zoomed(camera, 1.25),
	"-": (camera) => zoomed(camera, 0.8),
};

/** Zooms about a point given from the middle of the canvas. */
function zoomed(camera: Camera, factor: number, x = 0, y = 0): Camera {
	const zoom = Math.min(8, Math.max(0.02, camera.zoom * factor));
	const change = zoom / camera.zoom;
	return { x: x + (camera.x - x) * change, y: y + (camera.y - y) * change, zoom };
}

export function GraphView({ totals, version, chosen, onChoose }: GraphViewProps) {
	const canvas = useRef<HTMLCanvasElement>(null);
	const layout = useRef<GraphLayout | null>(null);
	const camera = useRef<Camera | null>(null);
	const colour = useRef<((type: string) => string) | null>(null);
	const frame = useRef(0);
	const [under, setUnder] = useState<PlacedThing | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: totals change in place, the version says so
	const graph = useMemo(() => graphOf(totals, MAX_NODES), [totals, version]);

	const redraw = useEffectEvent(() => {
		cancelAnimationFrame(frame.current);
		frame.current = requestAnimationFrame(() => {
			const [element, current] = [canvas.current, layout.current];
			if (!element || !current) return;
			const more = current.improve(BUDGET_MS);
			colour.current ??= colourOf(element);
			draw(element, {
				layout: current,
				camera: camera.current ?? wholeView(current, element),
				lit: under?.thing.key ?? chosen,
				colour: colour.current,
			});
			if (more) redraw();
		});
	});
	useEffect(() => {
		layout.current = layOut(graph, layout.current);
		redraw();
		return () => cancelAnimationFrame(frame.current);
	}, [graph]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: what is lit is read when drawing
	useEffect(() => redraw(), [under, chosen]);
	useEffect(() => {
		const watch = new ResizeObserver(() => redraw());
		if (canvas.current) watch.observe(canvas.current);
		return () => watch.disconnect();
	}, []);

	const move = (next: (camera: Camera) => Camera) => {
		if (!canvas.current || !layout.current) return;
		camera.current = next(camera.current ?? wholeView(layout.current, canvas.current));
		redraw();
	};
	/** From the middle of the canvas, in pixels. */
	const place = (event: { readonly clientX: number; readonly clientY: number }) => {
		const box = canvas.current!.getBoundingClientRect();
		return { x: event.clientX - box.left - box.width / 2, y: event.clientY - box.top - box.height / 2 };
	};
	const find = (event: { readonly clientX: number; readonly clientY: number }): PlacedThing | null => {
		if (!layout.current || !canvas.current) return null;
		const { x, y, zoom } = camera.current ?? wholeView(layout.current, canvas.current);
		const at = place(event);
		return thingAt(layout.current, (at.x - x) / zoom, (at.y - y) / zoom);
	};
	const onWheel = useEffectEvent((event: WheelEvent) => {
		event.preventDefault();
		const at = place(event);
		move((before) => zoomed(before, Math.exp(-event.deltaY * 0.002), at.x, at.y));
	});
	useEffect(() => {
		const element = canvas.current;
		// React's own wheel listener is passive and could not keep the page from scrolling.
		const listen = (event: WheelEvent) => onWheel(event);
		element?.addEventListener("wheel", listen, { passive: false });
		return () => element?.removeEventListener("wheel", listen);
	}, []);

	const shownTie =
		under && graph.ties.filter(({ from, to }) => from === under.thing.key || to === under.thing.key).length;
	return (
		<div className="graph">
			<canvas
				ref={canvas}
				tabIndex={0}
				role="img"
				aria-label={`Graph of ${graph.nodes.length} things and ${graph.ties.length} ties between them. The list beside holds the same. Arrow keys move, plus and minus zoom, 0 shows all.`}
				onPointerMove={(event) => {
					if (event.buttons === 1)
						move((before) => ({ ...before, x: before.x + event.movementX, y: before.y + event.movementY }));
					else setUnder(find(event));
				}}
				onPointerLeave={() => setUnder(null)}
				onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
				onClick={(event) => onChoose(find(event)?.thing.key ?? null)}
				onKeyDown={(event) => {
					const step = KEYS[event.key];
					if (step) move(step);
					else if (event.key === "0") {
						camera.current = null;
						redraw();
					} else return;
					event.preventDefault();
				}}
			/>
			<p className="quiet small graph-caption">
				{under
					? `${under.thing.name}: ${under.thing.type}, ${under.thing.count} mentions, ${shownTie} ties`
					: graph.nodes.length === 0
						? "No ties yet: relations and events join things."
						: `${graph.nodes.length} things, ${graph.ties.length} ties.${graph.left > 0 ? ` ${graph.left} things without ties are left out.` : ""} Scroll to zoom, drag to move, click to filter.`}
			</p>
		</div>
	);
}
