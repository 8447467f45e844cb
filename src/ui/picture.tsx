/** Shows the picture with boxes over it, and lists its regions for the keyboard. */
import { useState } from "react";
import type { ExtractionResult, Region } from "../core/result.ts";
import type { FocusProps } from "./links.ts";

type PictureProps = FocusProps & { readonly url: string };

const isShown = ({ picture }: Region): boolean => (picture ?? 0) === 0;

/** What the text says about a region: the entities seen in it, and the roles it plays. */
function meaning({ entities, events, relations }: ExtractionResult, object: string): string {
	const seen = entities
		.filter(({ regions }) => regions.some((region) => region.object === object && isShown(region)))
		.map(({ text }) => text);
	const roles = events.flatMap(({ type, arguments: parts }) =>
		parts.filter(({ region }) => region?.object === object).map(({ role }) => `${role} of ${type}`),
	);
	const textOf = (id: string) => entities.find((entity) => entity.id === id)?.text ?? id;
	const ends = relations.flatMap(({ region, type, head, tail }) =>
		region?.object === object ? [`${type} ${textOf(head === object ? tail : head)}`] : [],
	);
	return [...seen, ...roles, ...ends].join(", ");
}

const area = ({ box: [x1, y1, x2, y2] }: Region): number => (x2 - x1) * (y2 - y1);

function Box({
	region,
	size,
	lit,
	named,
}: {
	readonly region: Region;
	readonly size: number;
	readonly lit: boolean;
	readonly named: boolean;
}) {
	const [x1, y1, x2, y2] = region.box;
	return (
		<g className={`box${lit ? " is-lit" : ""}${named ? " is-named" : ""}`} data-link={`region:${region.object}`}>
			<rect className="box-halo" x={x1} y={y1} width={Math.max(0, x2 - x1)} height={Math.max(0, y2 - y1)} />
			<rect className="box-line" x={x1} y={y1} width={Math.max(0, x2 - x1)} height={Math.max(0, y2 - y1)} />
			{(lit || named) && (
				<text className="box-name" x={x1 + size * 0.25} y={y1 + size} fontSize={size}>
					{region.object}
					{region.label !== undefined && ` ${region.label}`}
				</text>
			)}
		</g>
	);
}

export function Picture({ url, result, lit, selected }: PictureProps) {
	const [all, setAll] = useState(false);
	const { image } = result;
	// Of a video the first frame is shown, with its boxes.
	const regions = result.regions.filter(isShown);
	if (!image) return null;
	const named = new Set(regions.filter(({ object }) => meaning(result, object) !== "").map(({ object }) => object));
	// The largest lies lowest, so that every box can be pointed at.
	const drawn = [...regions]
		.sort((a, b) => area(b) - area(a))
		.filter(({ object }) => all || named.has(object) || lit.has(`region:${object}`));
	return (
		<div className="seen">
			<div className="seen-frame">
				<img src={url} alt="From the post" width={image.width} height={image.height} />
				<svg viewBox={`0 0 ${image.width} ${image.height}`} aria-hidden="true" focusable="false">
					{drawn.map((region) => (
						<Box
							key={region.object}
							region={region}
							size={Math.max(image.width, image.height) * 0.035}
							lit={lit.has(`region:${region.object}`)}
							named={named.has(region.object)}
						/>
					))}
				</svg>
			</div>
			{regions.length > 0 && (
				<>
					<div className="seen-head">
						<h3>
							Regions <span className="quiet">{regions.length}</span>
						</h3>
						<label className="switch">
							<input type="checkbox" checked={all} onChange={(event) => setAll(event.target.checked)} /> Show all boxes
						</label>
					</div>
					<ul className="region-list" aria-label="Regions in the picture">
						{regions.map(({ object, label }) => (
							<li key={object}>
								<button
									type="button"
									className={`region${lit.has(`region:${object}`) ? " is-lit" : ""}`}
									data-link={`region:${object}`}
									aria-pressed={selected === `region:${object}`}
								>
									{object}
									{label !== undefined && <span className="region-label"> {label}</span>}
									{named.has(object) && <span className="region-meaning">{meaning(result, object)}</span>}
								</button>
							</li>
						))}
					</ul>
				</>
			)}
		</div>
	);
}
