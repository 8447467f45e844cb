/** Shows the picture with boxes over it, and lists for the keyboard the regions that something refers to. */
import type { ExtractionResult, Region } from "../core/result.ts";
import { nameOf } from "../messages/names.ts";
import { t } from "../messages/ui.ts";
import type { FocusProps } from "./links.ts";

interface PictureProps extends FocusProps {
	readonly url: string;
	/** Shows also the regions that nothing refers to. */
	readonly all: boolean;
}

const isShown = ({ picture }: Region): boolean => (picture ?? 0) === 0;

/** The regions of the picture that is shown: of a video the first frame, with its boxes. */
const shownRegions = ({ image, regions }: ExtractionResult): readonly Region[] =>
	image ? regions.filter(isShown) : [];

/** What the text says about a region: the entities seen in it, perhaps or for certain, and the roles it plays. */
function meaning({ entities, events, relations }: ExtractionResult, object: string): string {
	const seen = entities
		.filter(({ regions }) => regions.some((region) => region.object === object && isShown(region)))
		.map(({ text, seen }) => (seen?.perhaps ? t("picture.perhaps", { name: text }) : text));
	const roles = events.flatMap(({ type, arguments: parts }) =>
		parts
			.filter(({ region }) => region?.object === object)
			.map(({ role }) => t("picture.role", { role: nameOf("role", role), event: nameOf("event", type) })),
	);
	const textOf = (id: string) => entities.find((entity) => entity.id === id)?.text ?? id;
	const ends = relations.flatMap(({ region, type, head, tail }) =>
		region?.object === object ? [`${nameOf("relation", type)} ${textOf(head === object ? tail : head)}`] : [],
	);
	return [...seen, ...roles, ...ends].join(", ");
}

/** Whether a region is some mention's perhaps, and nothing's for certain. */
function isPerhaps({ entities }: ExtractionResult, object: string): boolean {
	const own = entities.filter(({ regions }) => regions.some((region) => region.object === object && isShown(region)));
	return own.length > 0 && own.every(({ seen }) => seen?.perhaps);
}

/** Regions that something refers to: a mention, a role, a relation, or a person who drew or moved them. */
function referredTo(result: ExtractionResult, regions: readonly Region[]): Map<string, string> {
	const drawn = (result.corrections ?? []).flatMap(({ changes }) =>
		changes.flatMap((change) => (change.record === "region" && change.to ? [change.to.object] : [])),
	);
	const named = regions.map(({ object }) => [object, meaning(result, object)] as const);
	return new Map(named.filter(([object, words]) => words !== "" || drawn.includes(object)));
}

const area = ({ box: [x1, y1, x2, y2] }: Region): number => (x2 - x1) * (y2 - y1);

interface BoxProps {
	readonly region: Region;
	readonly size: number;
	readonly lit: boolean;
	/** What it shows; undefined: nothing refers to it. */
	readonly words: string | undefined;
	readonly perhaps: boolean;
}

function Box({ region, size, lit, words, perhaps }: BoxProps) {
	const [x1, y1, x2, y2] = region.box;
	const isNamed = words !== undefined;
	const name = [region.object, region.label, words].filter((part) => part !== undefined && part !== "").join(" ");
	const look = `box${lit ? " is-lit" : ""}${isNamed ? " is-named" : ""}${perhaps ? " is-perhaps" : ""}`;
	return (
		<g className={look} data-link={`region:${region.object}`}>
			<rect className="box-halo" x={x1} y={y1} width={Math.max(0, x2 - x1)} height={Math.max(0, y2 - y1)} />
			<rect className="box-line" x={x1} y={y1} width={Math.max(0, x2 - x1)} height={Math.max(0, y2 - y1)} />
			{(lit || isNamed) && (
				<text className="box-name" x={x1 + size * 0.25} y={y1 + size} fontSize={size}>
					{name}
				</text>
			)}
		</g>
	);
}

interface ListProps extends Pick<PictureProps, "lit" | "selected"> {
	readonly regions: readonly Region[];
	readonly named: ReadonlyMap<string, string>;
}

function RegionList({ regions, named, lit, selected }: ListProps) {
	return (
		<>
			<div className="seen-head">
				<h3>
					{t("picture.regions")} <span className="quiet">{regions.length}</span>
				</h3>
			</div>
			<ul className="region-list" aria-label={t("picture.list")}>
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
							{named.get(object) && <span className="region-meaning">{named.get(object)}</span>}
						</button>
					</li>
				))}
			</ul>
		</>
	);
}

interface AllRegionsProps {
	readonly result: ExtractionResult;
	readonly all: boolean;
	readonly onAll: (all: boolean) => void;
}

/** Says how many regions the model was given, and lets a person see them all. */
export function AllRegions({ result, all, onAll }: AllRegionsProps) {
	const regions = shownRegions(result);
	if (regions.length === 0) return null;
	return (
		<section>
			<h3>{t("picture.list")}</h3>
			{referredTo(result, regions).size === 0 && <p className="quiet small">{t("picture.unnamed")}</p>}
			<label className="switch">
				<input type="checkbox" checked={all} onChange={(event) => onAll(event.target.checked)} />{" "}
				{t("picture.all", { count: regions.length })}
			</label>
		</section>
	);
}

export function Picture({ url, result, all, lit, selected }: PictureProps) {
	const { image, textPicture } = result;
	if (!image) return null;
	const regions = shownRegions(result);
	const named = referredTo(result, regions);
	const listed = regions.filter(({ object }) => all || named.has(object));
	// The largest lies lowest, so that every box can be pointed at.
	const drawn = [...regions]
		.sort((a, b) => area(b) - area(a))
		.filter(({ object }) => all || named.has(object) || lit.has(`region:${object}`));
	return (
		<div className="seen">
			<div className="seen-frame">
				<img src={url} alt={t("picture.alt")} width={image.width} height={image.height} />
				<svg viewBox={`0 0 ${image.width} ${image.height}`} aria-hidden="true" focusable="false">
					{drawn.map((region) => (
						<Box
							key={region.object}
							region={region}
							size={Math.max(image.width, image.height) * 0.035}
							lit={lit.has(`region:${region.object}`)}
							words={named.get(region.object)}
							perhaps={isPerhaps(result, region.object)}
						/>
					))}
				</svg>
			</div>
			{textPicture && <p className="quiet small">{t(`gate.${textPicture.kind}`)}</p>}
			{listed.length > 0 && <RegionList regions={listed} named={named} lit={lit} selected={selected} />}
		</div>
	);
}
