/** Goes in: rows of a collection. Comes out: a table that draws only what is in view, however many there are. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef } from "react";
import { Icon } from "../../ui/icons.tsx";
import type { Row } from "./use-many.ts";

interface ManyTableProps {
	readonly rows: readonly Row[];
	/** Places of the rows to show, in order. */
	readonly shown: readonly number[];
	readonly onOpen: (place: number) => void;
}

const ROW_HEIGHT = 44;

function State({ row }: { readonly row: Row }) {
	if (row.failure) return <span className="is-bad-text">Failed</span>;
	if (!row.summary) return <span className="quiet">Waiting</span>;
	return <>Done</>;
}

export function ManyTable({ rows, shown, onOpen }: ManyTableProps) {
	const scroller = useRef<HTMLDivElement>(null);
	const virtual = useVirtualizer({ count: shown.length, getScrollElement: () => scroller.current, estimateSize: () => ROW_HEIGHT, overscan: 12 });
	const items = virtual.getVirtualItems();
	const before = items[0]?.start ?? 0;
	const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
		<section ref={scroller} className="many-scroll" tabIndex={0} aria-label="Posts">
			<table aria-rowcount={shown.length + 1}>
				<thead>
					<tr aria-rowindex={1}>
						{["Post", "State", "Entities", "Relations", "Events"].map((name) => (
							<th key={name} scope="col">
								{name}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					<Space height={before} />
					{items.map(({ index }) => {
						const place = shown[index]!;
						const row = rows[place]!;
						return (
							<tr key={place} aria-rowindex={index + 2}>
								<td>
									<button type="button" className="many-open" dir="auto" onClick={() => onOpen(place)}>
										<span className="quiet">{row.id}</span> {row.hasPicture && <Icon name="image" />} {row.start || "(empty)"}
									</button>
								</td>
								<td>
									<State row={row} />
								</td>
								<td>{row.summary?.entities}</td>
								<td>{row.summary?.relations}</td>
								<td>{row.summary?.events}</td>
							</tr>
						);
					})}
					<Space height={after} />
				</tbody>
			</table>
		</section>
	);
}

/** Rows that are not drawn. */
function Space({ height }: { readonly height: number }) {
	return height > 0 ? (
		<tr className="many-space">
			<td colSpan={5} style={{ height }} />
		</tr>
	) : null;
}
