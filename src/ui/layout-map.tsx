/** Draws a small map of a form: its blocks in place, numbered in reading order. */
import { t } from "../messages/ui.ts";
import { around, type TextLayout } from "../tasks/layout/layout.ts";

interface LayoutMapProps {
	readonly layout: TextLayout;
}

/** Up to this many blocks are drawn with numbers and text; more could not be read. */
const MAX_NAMED = 120;
/** Width of a letter as a fraction of its font size. */
const LETTER = 0.56;
/** A drawing is at most this many times as high as it is wide. */
const MAX_HEIGHT = 4;

export function LayoutMap({ layout }: LayoutMapProps) {
	const { blocks, text } = layout;
	const [left, top, right, bottom] = around(blocks.map(({ box }) => box));
	const width = Math.max(1, right - left);
	const height = Math.max(1, bottom - top);
	const pad = 0.03 * width + 4;
	const named = blocks.length <= MAX_NAMED;
	return (
		<svg
			className="layout-map"
			viewBox={`${left - pad} ${top - pad} ${width + 2 * pad} ${Math.min(height, MAX_HEIGHT * width) + 2 * pad}`}
			role="img"
			aria-label={t("layout.map", { count: blocks.length })}
		>
			{blocks.map(({ start, end, box: [x1, y1, x2, y2] }, at) => {
				const [wide, high] = [Math.max(1, x2 - x1), Math.max(1, y2 - y1)];
				const label = `${at + 1} ${text.slice(start, end)}`;
				const size = Math.min(0.72 * high, wide / (LETTER * label.length));
				return (
					<g key={start}>
						<rect x={x1} y={y1} width={wide} height={high} rx={0.15 * high} />
						{named && (
							<text x={x1 + wide / 2} y={y1 + high / 2} fontSize={size} textAnchor="middle" dominantBaseline="central">
								{label}
							</text>
						)}
					</g>
				);
			})}
		</svg>
	);
}
