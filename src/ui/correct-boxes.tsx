/** Goes in: a picture and its boxes. Comes out: boxes to move and resize, by pointer or by keys. */
import { type KeyboardEvent, type PointerEvent, useRef, useState } from "react";
import type { ExtractionResult, Region } from "../core/result.ts";

type Box = Region["box"];

interface CorrectBoxesProps {
	readonly url: string;
	readonly result: ExtractionResult;
	/** Those to show. */
	readonly regions: readonly Region[];
	readonly chosen: string | null;
	readonly onChoose: (object: string) => void;
	readonly onMove: (object: string, box: Box) => void;
	readonly onDelete: (object: string) => void;
}

/** What part of a box a pointer or key changes: all of it, or its lower right corner. */
type Grip = "all" | "corner";

/** The box after its grip went `dx`, `dy` pixels; it stays inside the picture and at least a pixel wide. */
export function shifted(
	[x1, y1, x2, y2]: Box,
	grip: Grip,
	dx: number,
	dy: number,
	{ width, height }: NonNullable<ExtractionResult["image"]>,
): Box {
	const within = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
	if (grip === "corner") return [x1, y1, within(x2 + dx, x1 + 1, width), within(y2 + dy, y1 + 1, height)];
	const [right, down] = [within(dx, -x1, width - x2), within(dy, -y1, height - y2)];
	return [x1 + right, y1 + down, x2 + right, y2 + down];
}

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
	ArrowLeft: [-1, 0],
	ArrowRight: [1, 0],
	ArrowUp: [0, -1],
	ArrowDown: [0, 1],
};

export const seenIn = ({ entities }: ExtractionResult, object: string): string =>
	entities
		.filter(({ regions }) => regions.some((region) => region.object === object))
		.map(({ text }) => text)
		.join(", ");

interface Drag {
	readonly object: string;
	readonly grip: Grip;
	readonly from: Box;
	readonly x: number;
	readonly y: number;
	readonly box: Box;
}

export function CorrectBoxes({ url, result, regions, chosen, onChoose, onMove, onDelete }: CorrectBoxesProps) {
	const frame = useRef<HTMLDivElement>(null);
	const [drag, setDrag] = useState<Drag | null>(null);
	const { image } = result;
	if (!image) return null;
	const grip = (event: PointerEvent<HTMLElement>, { object, box }: Region, part: Grip) => {
		event.stopPropagation();
		event.currentTarget.setPointerCapture(event.pointerId);
		onChoose(object);
		setDrag({ object, grip: part, from: box, x: event.clientX, y: event.clientY, box });
	};
	const pull = (event: PointerEvent<HTMLElement>) => {
		const shown = frame.current?.getBoundingClientRect();
		if (!drag || !shown || shown.width === 0) return;
		const scale = image.width / shown.width;
		setDrag({
			...drag,
			box: shifted(drag.from, drag.grip, (event.clientX - drag.x) * scale, (event.clientY - drag.y) * scale, image),
		});
	};
	const drop = () => {
		if (drag?.box.some((side, index) => Math.abs(side - drag.from[index]!) >= 1))
			onMove(drag.object, drag.box.map(Math.round) as Box);
		setDrag(null);
	};
	const onKey = (event: KeyboardEvent, { object, box }: Region) => {
		const step = STEPS[event.key];
		if (step) {
			event.preventDefault();
			const size = Math.max(1, Math.round((event.ctrlKey ? 0.002 : 0.02) * Math.max(image.width, image.height)));
			onMove(object, shifted(box, event.shiftKey ? "corner" : "all", step[0] * size, step[1] * size, image));
		} else if (event.key === "Delete" || event.key === "Backspace") {
			event.preventDefault();
			onDelete(object);
		}
	};
	return (
		<div className="correct-frame" ref={frame}>
			<img src={url} alt="From the post" width={image.width} height={image.height} draggable={false} />
			{regions.map((region) => {
				const [x1, y1, x2, y2] = drag?.object === region.object ? drag.box : region.box;
				const place = {
					left: `${(100 * x1) / image.width}%`,
					top: `${(100 * y1) / image.height}%`,
					width: `${(100 * (x2 - x1)) / image.width}%`,
					height: `${(100 * (y2 - y1)) / image.height}%`,
				};
				const names = seenIn(result, region.object);
				return (
					<button
						key={region.object}
						type="button"
						className={`correct-box${chosen === region.object ? " is-chosen" : ""}`}
						style={place}
						aria-pressed={chosen === region.object}
						aria-label={`Box ${region.object}${names ? `, ${names}` : ""}. Arrow keys move it, with Shift they resize it, Delete removes it.`}
						onClick={() => onChoose(region.object)}
						onKeyDown={(event) => onKey(event, region)}
						onPointerDown={(event) => grip(event, region, "all")}
						onPointerMove={pull}
						onPointerUp={drop}
						onPointerCancel={() => setDrag(null)}
					>
						<span className="correct-box-name">{region.object}</span>
						<span
							className="correct-grip"
							onPointerDown={(event) => grip(event, region, "corner")}
							onPointerMove={(event) => {
								event.stopPropagation();
								pull(event);
							}}
						/>
					</button>
				);
			})}
		</div>
	);
}
