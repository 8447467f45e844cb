/** Goes in: a layout, and links of its text if there are any. Comes out: a small drawing: blocks where they stand, numbered as they are read, links from key to value. */
import { around, boxOf, type TextLayout } from "../tasks/layout.ts";

interface LayoutMapProps {
	readonly layout: TextLayout;
}

/** More blocks are drawn without numbers and text: they could not be read. */
const MOST_NAMED = 120;
/** A drawing is at most this many times as high as it is wide. */
const MOST_HEIGHT = 4;

export function LayoutMap({ layout }: LayoutMapProps) {
	const { blocks, text } = layout;
	const [left, top, right, bottom] = around(blocks.map(({ box }) => box));
	const width = Math.max(1, right - left);
	const height = Math.max(1, bottom - top);
	const pad = 0.03 * width + 4;
	const named = blocks.length <= MOST_NAMED;
	return (
		<svg
			className="layout-map"
			viewBox={`${left - pad} ${top - pad} ${width + 2 * pad} ${Math.min(height, MOST_HEIGHT * width) + 2 * pad}`}
			role="img"
			aria-label={`Where the ${blocks.length} blocks of the form stand, numbered as they are read. The reading order below says the same.`}
		>
			{blocks.map(({ start, end }, at) => {
				const [x1, y1, x2, y2] = boxOf(layout, { start, end }) ?? [0, 0, 0, 0];
				const size = Math.max(1, y2 - y1);
				return (
					<g key={start}>
						<rect x={x1} y={y1} width={Math.max(1, x2 - x1)} height={size} rx={size * 0.15} />
						{named && (
							<text
								x={x1 + size * 0.25}
								y={y2 - size * 0.25}
								fontSize={size * 0.72}
								textLength={Math.max(1, x2 - x1 - size * 0.5)}
								lengthAdjust="spacingAndGlyphs"
							>
								{`${at + 1} ${text.slice(start, end)}`}
							</text>
						)}
					</g>
				);
			})}
		</svg>
	);
}
