/** Shows the most frequent names of all posts, as a list that filters the table, and as a graph. */
import { useMemo, useState } from "react";
import { t } from "../../messages/app.ts";
import { nameOf } from "../../messages/names.ts";
import { lookClass, lookOfType } from "../../ui/palette.ts";
import { GraphView } from "./graph-view.tsx";
import { type Totals, thingsOf } from "./totals.ts";

/** Names that are listed; the others are found by searching. */
const LISTED = 200;

interface ManyTotalsProps {
	readonly totals: Totals;
	readonly version: number;
	readonly chosen: string | null;
	readonly onChoose: (key: string | null) => void;
}

export function ManyTotals({ totals, version, chosen, onChoose }: ManyTotalsProps) {
	const [search, setSearch] = useState("");
	// biome-ignore lint/correctness/useExhaustiveDependencies: totals change in place, the version says so
	const things = useMemo(() => thingsOf(totals), [totals, version]);
	const wanted = search.trim().toLowerCase();
	const found =
		wanted === ""
			? things
			: things.filter(({ name, type }) => name.toLowerCase().includes(wanted) || type.toLowerCase().includes(wanted));
	return (
		<div className="many-totals">
			<section aria-label={t("many.names")}>
				<input
					type="search"
					className="field"
					aria-label={t("many.searchNames")}
					placeholder={t("many.searchNamesHint")}
					value={search}
					onChange={(event) => setSearch(event.target.value)}
				/>
				<ol className="many-things">
					{found.slice(0, LISTED).map(({ key, name, type, count }) => (
						<li key={key}>
							<button
								type="button"
								className={`many-thing ${lookClass(lookOfType(type))}`}
								aria-pressed={chosen === key}
								onClick={() => onChoose(chosen === key ? null : key)}
							>
								<span className="legend-line" aria-hidden="true" />
								<span dir="auto">{name}</span> <span className="quiet small">{nameOf("entity", type)}</span>{" "}
								<span className="many-count">{count}</span>
							</button>
						</li>
					))}
				</ol>
				<p className="quiet small">
					{things.length === 0 && t("many.noNames")}
					{found.length > LISTED && t("many.mostFrequent", { shown: LISTED, total: found.length })}
					{totals.events.size > 0 &&
						` ${t("many.events", {
							events: [...totals.events].map(([type, count]) => `${nameOf("event", type)} ${count}`).join(", "),
						})}`}
				</p>
			</section>
			<GraphView totals={totals} version={version} chosen={chosen} onChoose={onChoose} />
		</div>
	);
}
