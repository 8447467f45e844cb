/** Shows a picture with boxes to move and resize, by pointer or by keys. */
import { type KeyboardEvent, type PointerEvent, type RefObject, useRef, useState } from "react";
import type { ExtractionResult, Region } from "../core/result.ts";
import { t } from "../messages/ui.ts";

type Box = Region["box"];
type Size = NonNullable<ExtractionResult["image"]>;

interface CorrectBoxesProps {
	readonly url: string;
	readonly result: ExtractionResult;
	/** The boxes to show. */
	readonly regions: readonly Region[];
	readonly chosen: string | null;
	readonly onChoose: (object: string) => void;
	readonly onMove: (object: string, box: Box) => void;
	readonly onDelete: (object: string) => void;
}

/** The part of a box that a pointer or key moves: all of it, or its lower right corner. */
type Grip = "all" | "corner";

/** The box after its grip moved by `dx`, `dy` pixels; it stays inside the picture and at least a pixel wide. */
export function shifted([x1, y1, x2, y2]: Box, grip: Grip, dx: number, dy: number, { width, height }: Size): Box {
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

const placeOf = ([x1, y1, x2, y2]: Box, image: Size) => ({
	left: `${(100 * x1) / image.width}%`,
	top: `${(100 * y1) / image.height}%`,
	width: `${(100 * (x2 - x1)) / image.width}%`,
	height: `${(100 * (y2 - y1)) / image.height}%`,
});

type PointerHandler = (event: PointerEvent<HTMLElement>) => void;

interface Dragging {
	/** The box while it is dragged, else null. */
	boxOf(object: string): Box | null;
	grip(region: Region, part: Grip): PointerHandler;
	readonly pull: PointerHandler;
	drop(): void;
	cancel(): void;
}

/** Moves and resizes a box by pointer; it is changed when the pointer is let go. */
function useDragging(
	frame: RefObject<HTMLElement | null>,
	image: Size | null,
	{ onChoose, onMove }: Pick<CorrectBoxesProps, "onChoose" | "onMove">,
): Dragging {
	const [drag, setDrag] = useState<Drag | null>(null);
	return {
		boxOf: (object) => (drag?.object === object ? drag.box : null),
		grip:
			({ object, box }, part) =>
			(event) => {
				event.stopPropagation();
				event.currentTarget.setPointerCapture(event.pointerId);
				onChoose(object);
				setDrag({ object, grip: part, from: box, x: event.clientX, y: event.clientY, box });
			},
		pull: (event) => {
			const shown = frame.current?.getBoundingClientRect();
			if (!drag || !image || !shown || shown.width === 0) return;
			const scale = image.width / shown.width;
			const [dx, dy] = [(event.clientX - drag.x) * scale, (event.clientY - drag.y) * scale];
			setDrag({ ...drag, box: shifted(drag.from, drag.grip, dx, dy, image) });
		},
		drop: () => {
			if (drag?.box.some((side, index) => Math.abs(side - drag.from[index]!) >= 1))
				onMove(drag.object, drag.box.map(Math.round) as Box);
			setDrag(null);
		},
		cancel: () => setDrag(null),
	};
}

export function CorrectBoxes({ url, result, regions, chosen, onChoose, onMove, onDelete }: CorrectBoxesProps) {
	const frame = useRef<HTMLDivElement>(null);
	const { image } = result;
	const dragging = useDragging(frame, image, { onChoose, onMove });
	if (!image) return null;
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
			<img src={url} alt={t("edit.picture")} width={image.width} height={image.height} draggable={false} />
			{regions.map((region) => {
				const { object, box } = region;
				const names = seenIn(result, object);
				const name = names ? t("edit.boxNameOf", { box: object, text: names }) : t("edit.boxName", { box: object });
				return (
					<button
						key={object}
						type="button"
						className={`correct-box${chosen === object ? " is-chosen" : ""}`}
						style={placeOf(dragging.boxOf(object) ?? box, image)}
						aria-pressed={chosen === object}
						aria-label={`${name} ${t("edit.boxKeys")}`}
						onClick={() => onChoose(object)}
						onKeyDown={(event) => onKey(event, region)}
						onPointerDown={dragging.grip(region, "all")}
						onPointerMove={dragging.pull}
						onPointerUp={dragging.drop}
						onPointerCancel={dragging.cancel}
					>
						<span className="correct-box-name">{object}</span>
						<span
							className="correct-grip"
							onPointerDown={dragging.grip(region, "corner")}
							onPointerMove={(event) => {
								event.stopPropagation();
								dragging.pull(event);
							}}
						/>
					</button>
				);
			})}
		</div>
	);
}
