/** Shows how long each stage took: one bar divided like the time, and a table with the numbers. */
import { t } from "../messages/ui.ts";
import { duration, stageName } from "./format.ts";
import { HUES } from "./palette.ts";

export function Timings({ timings }: { readonly timings: Readonly<Record<string, number>> }) {
	const { total: stated, ...rest } = timings;
	const stages = Object.entries(rest).filter(([, time]) => Number.isFinite(time) && time > 0);
	const sum = stages.reduce((before, [, time]) => before + time, 0);
	if (sum === 0) return null;
	const parts = stages.map(([stage, time], index) => {
		const start = stages.slice(0, index).reduce((before, [, earlier]) => before + earlier, 0);
		return { stage, time, start, hue: HUES[index % HUES.length] ?? "grey" };
	});
	return (
		<div className="timings">
			<svg
				className="timing-bar"
				viewBox={`0 0 ${sum} 10`}
				preserveAspectRatio="none"
				aria-hidden="true"
				focusable="false"
			>
				{parts.map(({ stage, time, start, hue }) => (
					<rect key={stage} className={`hue-${hue}`} x={start} width={time} height="10">
						<title>{`${stageName(stage)}: ${duration(time)}`}</title>
					</rect>
				))}
			</svg>
			<table>
				<caption className="sr-only">{t("timings.caption")}</caption>
				<thead>
					<tr>
						<th scope="col">{t("timings.stage")}</th>
						<th scope="col">{t("timings.time")}</th>
						<th scope="col">{t("timings.share")}</th>
					</tr>
				</thead>
				<tbody>
					{parts.map(({ stage, time, hue }) => (
						<tr key={stage}>
							<th scope="row">
								<span className={`swatch hue-${hue}`} aria-hidden="true" />
								{stageName(stage)}
							</th>
							<td>{duration(time)}</td>
							<td>{Math.round((100 * time) / sum)}%</td>
						</tr>
					))}
					<tr className="sum">
						<th scope="row">{t("timings.total")}</th>
						<td>{duration(stated ?? sum)}</td>
						<td />
					</tr>
				</tbody>
			</table>
		</div>
	);
}
