/** Lets a person drag from one mention to another: what a relation joins. Works with mouse, pen and finger. */
import { type PointerEvent, useRef, useState } from "react";

/** Pixels that the pointer must move before a press is a drag. */
const START_DISTANCE = 6;

interface Point {
	readonly x: number;
	readonly y: number;
}

/** A line from the first mention to the pointer, relative to the list. */
export interface DragLine {
	readonly from: Point;
	readonly to: Point;
	/** The mention that the pointer is over, if it can be the other end. */
	readonly over: string | null;
}

interface Press {
	readonly id: string;
	readonly pointer: number;
	readonly from: Point;
	moved: boolean;
}

/** The mention under a point: its element carries the id in `data-mention`. */
function mentionAt(root: HTMLElement, { x, y }: Point): string | null {
	const element = root.ownerDocument.elementFromPoint(x, y)?.closest<HTMLElement>("[data-mention]");
	return element && root.contains(element) ? (element.dataset.mention ?? null) : null;
}

/**
 * Handlers for the list that holds the mentions, and the line to draw. Escape and leaving the mentions cancel.
 * @param onJoin called with both ends when the pointer is released over another mention
 */
export function useDragRelation(onJoin: (head: string, tail: string) => void) {
	const press = useRef<Press | null>(null);
	const [line, setLine] = useState<DragLine | null>(null);
	const stop = () => {
		press.current = null;
		setLine(null);
	};
	const onPointerDown = (event: PointerEvent<HTMLElement>) => {
		const point = { x: event.clientX, y: event.clientY };
		const id = event.button === 0 ? mentionAt(event.currentTarget, point) : null;
		press.current = id === null ? null : { id, pointer: event.pointerId, from: point, moved: false };
	};
	const onPointerMove = (event: PointerEvent<HTMLElement>) => {
		const held = press.current;
		if (held === null || held.pointer !== event.pointerId) return;
		const [dx, dy] = [event.clientX - held.from.x, event.clientY - held.from.y];
		if (!held.moved && Math.hypot(dx, dy) < START_DISTANCE) return;
		if (!held.moved) event.currentTarget.setPointerCapture(event.pointerId);
		held.moved = true;
		const { left, top } = event.currentTarget.getBoundingClientRect();
		const over = mentionAt(event.currentTarget, { x: event.clientX, y: event.clientY });
		setLine({
			from: { x: held.from.x - left, y: held.from.y - top },
			to: { x: event.clientX - left, y: event.clientY - top },
			over: over === held.id ? null : over,
		});
	};
	const onPointerUp = (event: PointerEvent<HTMLElement>) => {
		const held = press.current;
		const over = held?.moved ? mentionAt(event.currentTarget, { x: event.clientX, y: event.clientY }) : null;
		stop();
		if (held && over !== null && over !== held.id) onJoin(held.id, over);
	};
	return { line, handlers: { onPointerDown, onPointerMove, onPointerUp, onPointerCancel: stop } };
}
