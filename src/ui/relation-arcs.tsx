/** Draws arrows over the text, from the chosen entity to the entities it is related to. */
import { useLayoutEffect, useState } from "react";
import type { Relation } from "../core/result.ts";

interface ArcsProps {
	readonly relations: readonly Relation[];
	/** The element the text is drawn in; arrows are placed relative to it. */
	readonly frame: HTMLElement | null;
}

interface Arc {
	readonly id: string;
	readonly path: string;
}

/**
 * Over the words between two marks on one line, else from line to line: from the near edge of one mark to the near
 * edge of the other.
 */
function arcBetween(frame: DOMRect, head: DOMRect, tail: DOMRect): string {
	const x1 = head.left + head.width / 2 - frame.left;
	const x2 = tail.left + tail.width / 2 - frame.left;
	const sameLine = Math.abs(tail.top - head.top) < head.height / 2;
	const below = !sameLine && tail.top > head.top;
	const y1 = (below ? head.bottom + 2 : head.top) - frame.top;
	const y2 = (sameLine || below ? tail.top - 2 : tail.bottom + 2) - frame.top;
	const lift = Math.min(y1, y2) - 8 - Math.min(10, Math.abs(x2 - x1) / 20);
	// Down or up beside the words, then along the gap before the target's line: few words are crossed.
	const bend = sameLine ? lift : y2 + (below ? -14 : 14);
	return `M${x1} ${y1} C${x1} ${bend} ${x2} ${bend} ${x2} ${y2}`;
}

function measure({ relations, frame }: ArcsProps): Arc[] {
	if (!frame) return [];
	const around = frame.getBoundingClientRect();
	const rectOf = (entity: string) =>
		frame.querySelector(`[data-piece="${CSS.escape(`entity:${entity}`)}"]`)?.getClientRects()[0];
	return relations.flatMap(({ id, head, tail }) => {
		const [from, to] = [rectOf(head), rectOf(tail)];
		return from && to ? [{ id, path: arcBetween(around, from, to) }] : [];
	});
}

export function RelationArcs({ relations, frame }: ArcsProps) {
	const [arcs, setArcs] = useState<readonly Arc[]>([]);
	useLayoutEffect(() => {
		if (!frame) return;
		const update = () => setArcs(measure({ relations, frame }));
		update();
		const observer = new ResizeObserver(update);
		observer.observe(frame);
		return () => observer.disconnect();
	}, [relations, frame]);
	if (arcs.length === 0) return null;
	return (
		<svg className="arcs" aria-hidden="true" focusable="false">
			<defs>
				<marker id="arc-head" viewBox="0 0 8 8" refX="6" refY="4" markerWidth="7" markerHeight="7" orient="auto">
					<path className="arc-head" d="M0 0 8 4 0 8z" />
				</marker>
			</defs>
			{arcs.map(({ id, path }) => (
				<path key={id} className="arc" d={path} markerEnd="url(#arc-head)" />
			))}
		</svg>
	);
}
