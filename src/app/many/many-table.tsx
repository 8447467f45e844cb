/** The table of posts; it draws only the rows in view, however many there are. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useRef } from "react";
import { t } from "../../messages/app.ts";
import { Icon } from "../../ui/icons.tsx";
import type { Ledger, PostState } from "./ledger.ts";
import type { Row } from "./many-posts.ts";

interface ManyTableProps {
	readonly rows: readonly Row[];
	/** The state and counts of each row. */
	readonly ledger: Ledger;
	/** Places of the rows to show, in order. */
	readonly shown: readonly number[];
	readonly onOpen: (place: number) => void;
}

const ROW_HEIGHT = 44;

const LOOKS: Readonly<Record<PostState, string>> = { waiting: "quiet", done: "", failed: "is-bad-text" };

const stateOf = (state: PostState): ReactNode => <span className={LOOKS[state]}>{t(`filter.${state}`)}</span>;

export function ManyTable({ rows, ledger, shown, onOpen }: ManyTableProps) {
	const scroller = useRef<HTMLDivElement>(null);
	const virtual = useVirtualizer({
		count: shown.length,
		getScrollElement: () => scroller.current,
		estimateSize: () => ROW_HEIGHT,
		overscan: 12,
	});
	const items = virtual.getVirtualItems();
	const before = items[0]?.start ?? 0;
	const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
		<section ref={scroller} className="many-scroll" tabIndex={0} aria-label={t("many.posts")}>
			<table aria-rowcount={shown.length + 1}>
				<thead>
					<tr aria-rowindex={1}>
						{(["post", "state", "entities", "relations", "events"] as const).map((name) => (
							<th key={name} scope="col">
								{t(`column.${name}`)}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					<Space height={before} />
					{items.map(({ index }) => {
						const place = shown[index]!;
						const row = rows[place]!;
						const counts = ledger.countsOf(place);
						return (
							<tr key={place} aria-rowindex={index + 2}>
								<td>
									<button type="button" className="many-open" dir="auto" onClick={() => onOpen(place)}>
										<span className="quiet">{row.id}</span> {row.hasPicture && <Icon name="image" />}{" "}
										{row.start || t("many.empty")}
									</button>
								</td>
								<td>{stateOf(ledger.stateOf(place))}</td>
								<td>{counts?.entities}</td>
								<td>{counts?.relations}</td>
								<td>{counts?.events}</td>
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
