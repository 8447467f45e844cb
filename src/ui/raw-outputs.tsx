/** Shows the model's own output word for word, with the other beams and their scores. */
import type { RawOutput } from "../core/result.ts";
import { nameOf } from "../messages/names.ts";
import { t } from "../messages/ui.ts";

/** Scores are mean log-probabilities per token; exp() makes them readable beside each other. */
const perToken = (score: number): string =>
	t("raw.perToken", { score: score.toFixed(3), share: `${Math.round(100 * Math.exp(Math.min(0, score)))}%` });

/** The shares that decided where a classifier votes; the first relation was taken. */
function Votes({ votes }: { readonly votes: NonNullable<RawOutput["votes"]> }) {
	return (
		<table>
			<caption className="sr-only">{t("raw.shares")}</caption>
			<thead>
				<tr>
					<th scope="col">{t("raw.relation")}</th>
					<th scope="col">{t("raw.share")}</th>
				</tr>
			</thead>
			<tbody>
				{votes.map(({ head, relation, tail, share }, index) => (
					<tr key={JSON.stringify([head, relation])} className={index === 0 ? "is-best" : ""}>
						<td>
							<bdi>{head}</bdi>, {nameOf("relation", relation)}, <bdi>{tail}</bdi>
						</td>
						<td>{Math.round(100 * share)}%</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

/** What was taken instead, where a pair by itself contradicts other relations. */
function Together({ together: { head, relation, tail } }: { readonly together: NonNullable<RawOutput["together"]> }) {
	return (
		<p className="quiet small">
			{t("raw.together")}{" "}
			<strong>
				<bdi>{head}</bdi>, {nameOf("relation", relation)}, <bdi>{tail}</bdi>
			</strong>
		</p>
	);
}

function Outputs({ raw }: { readonly raw: RawOutput }) {
	return (
		<table>
			<caption className="sr-only">{t("raw.outputs")}</caption>
			<thead>
				<tr>
					<th scope="col">{t("raw.output")}</th>
					<th scope="col">{t("raw.score")}</th>
				</tr>
			</thead>
			<tbody>
				{[raw, ...raw.alternatives].map(({ output, score }, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: two beams may read the same; their rank is their identity
					<tr key={index} className={index === 0 ? "is-best" : ""}>
						<td>
							<code dir="auto">{output === "" ? t("raw.nothing") : output}</code>
						</td>
						<td>{perToken(score)}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

function Raw({ raw }: { readonly raw: RawOutput }) {
	const written = raw.output !== "" || raw.votes === undefined;
	return (
		<li className="raw">
			<h4>{nameOf("task", raw.task)}</h4>
			<p className="raw-prompt">
				<bdi>{raw.instructor}</bdi>
			</p>
			{written && <Outputs raw={raw} />}
			{raw.votes && <Votes votes={raw.votes} />}
			{raw.together && <Together together={raw.together} />}
		</li>
	);
}

export function RawOutputs({
	raw,
	unread,
}: {
	readonly raw: readonly RawOutput[];
	readonly unread: readonly string[];
}) {
	return (
		<>
			<p className="quiet small">{t("raw.about")}</p>
			<ul className="raws">
				{raw.map((one, index) => (
					// biome-ignore lint/suspicious/noArrayIndexKey: outputs have no id and never change places
					<Raw key={index} raw={one} />
				))}
			</ul>
			{unread.length > 0 && (
				<>
					<h4>{t("raw.unread")}</h4>
					<ul className="unread">
						{unread.map((piece, index) => (
							// biome-ignore lint/suspicious/noArrayIndexKey: the same piece may occur twice
							<li key={index}>
								<code dir="auto">{piece}</code>
							</li>
						))}
					</ul>
				</>
			)}
		</>
	);
}
