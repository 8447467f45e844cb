/** Shows the graph of names and their connections over all posts, to look around in and to filter by. */
import { type KeyboardEvent, type RefObject, useEffect, useEffectEvent, useMemo, useRef, useState } from "react";
import { t } from "../../messages/app.ts";
import { nameOf } from "../../messages/names.ts";
import { type Camera, pointOf, thingUnder, wholeView, zoomed } from "./graph-camera.ts";
import { colourOf, draw } from "./graph-drawing.ts";
import { type GraphLayout, layOut, type PlacedThing } from "./graph-layout.ts";
import { type Graph, graphOf, type Totals } from "./totals.ts";

/** A graph with more nodes cannot be read, and a phone can hardly draw it. */
const MAX_NODES = 2000;
/** Milliseconds of layout between two frames. */
const BUDGET_MS = 8;

interface GraphViewProps {
	readonly totals: Totals;
	readonly version: number;
	readonly chosen: string | null;
	readonly onChoose: (key: string | null) => void;
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

interface Stage {
	readonly canvas: RefObject<HTMLCanvasElement | null>;
	move(next: (camera: Camera) => Camera): void;
	/** Back to the whole graph. */
	showAll(): void;
	find(event: { readonly clientX: number; readonly clientY: number }): PlacedThing | null;
}

/** A canvas that keeps the graph drawn: while it is being laid out, when it changes, and when the camera moves. */
function useStage(graph: Graph, lit: string | null): Stage {
	const canvas = useRef<HTMLCanvasElement>(null);
	const layout = useRef<GraphLayout | null>(null);
	/** Null: the whole graph. */
	const camera = useRef<Camera | null>(null);
	const colour = useRef<((type: string) => string) | null>(null);
	const frame = useRef(0);

	const redraw = useEffectEvent(() => {
		cancelAnimationFrame(frame.current);
		frame.current = requestAnimationFrame(() => {
			const [element, current] = [canvas.current, layout.current];
			if (!element || !current) return;
			const more = current.improve(BUDGET_MS);
			colour.current ??= colourOf(element);
			const from = camera.current ?? wholeView(current, element);
			draw(element, { layout: current, camera: from, lit, colour: colour.current });
			if (more) redraw();
		});
	});
	useEffect(() => {
		layout.current = layOut(graph, layout.current);
		redraw();
		return () => cancelAnimationFrame(frame.current);
	}, [graph]);
	// biome-ignore lint/correctness/useExhaustiveDependencies: what is lit is read when drawing
	useEffect(() => redraw(), [lit]);
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
	const showAll = () => {
		camera.current = null;
		redraw();
	};
	const find: Stage["find"] = (event) => {
		if (!layout.current || !canvas.current) return null;
		const from = camera.current ?? wholeView(layout.current, canvas.current);
		return thingUnder(layout.current, from, pointOf(canvas.current, event));
	};
	return { canvas, move, showAll, find };
}

/**
 * The wheel zooms about the pointer. React's own wheel listener is passive and could not keep the page from scrolling.
 */
function useWheel({ canvas, move }: Stage): void {
	const onWheel = useEffectEvent((event: WheelEvent) => {
		event.preventDefault();
		const at = pointOf(canvas.current!, event);
		move((before) => zoomed(before, Math.exp(-event.deltaY * 0.002), at));
	});
	useEffect(() => {
		const element = canvas.current;
		const listen = (event: WheelEvent) => onWheel(event);
		element?.addEventListener("wheel", listen, { passive: false });
		return () => element?.removeEventListener("wheel", listen);
	}, [canvas]);
}

const countsOf = ({ nodes, ties }: Pick<Graph, "nodes" | "ties">): string =>
	t("graph.counts", {
		names: t("graph.names", { count: nodes.length }),
		connections: t("graph.connections", { count: ties.length }),
	});

function captionOf({ nodes, ties, left }: Graph, under: PlacedThing | null): string {
	if (under) {
		const { key, name, type, count } = under.thing;
		const own = ties.filter(({ from, to }) => from === key || to === key).length;
		return t("graph.under", {
			name,
			type: nameOf("entity", type),
			mentions: t("graph.mentions", { count }),
			connections: t("graph.connections", { count: own }),
		});
	}
	if (nodes.length === 0) return t("graph.empty");
	const others = left > 0 ? ` ${t("graph.hidden", { count: left })}` : "";
	return `${countsOf({ nodes, ties })}${others} ${t("graph.how")}`;
}

export function GraphView({ totals, version, chosen, onChoose }: GraphViewProps) {
	const [under, setUnder] = useState<PlacedThing | null>(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: totals change in place, the version says so
	const graph = useMemo(() => graphOf(totals, MAX_NODES), [totals, version]);
	const stage = useStage(graph, under?.thing.key ?? chosen);
	useWheel(stage);
	const { canvas, move, showAll, find } = stage;
	const onKeyDown = (event: KeyboardEvent) => {
		const step = KEYS[event.key];
		if (step) move(step);
		else if (event.key === "0") showAll();
		else return;
		event.preventDefault();
	};
	return (
		<div className="graph">
			<canvas
				ref={canvas}
				tabIndex={0}
				role="img"
				aria-label={t("graph.of", { counts: countsOf(graph), help: t("graph.help") })}
				onPointerMove={(event) => {
					if (event.buttons === 1)
						move((before) => ({ ...before, x: before.x + event.movementX, y: before.y + event.movementY }));
					else setUnder(find(event));
				}}
				onPointerLeave={() => setUnder(null)}
				onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
				onClick={(event) => onChoose(find(event)?.thing.key ?? null)}
				onKeyDown={onKeyDown}
			/>
			<p className="quiet small graph-caption">{captionOf(graph, under)}</p>
		</div>
	);
}
