/** What judged posts add up to, in all and by slice, as data and as text for a terminal. */
import { type Judged, VERDICTS, type Verdict } from "./judge.ts";
import type { EverydayPost } from "./posts.ts";
import { nameSlices, postSlices } from "./slices.ts";

/** Relations are counted from these scores on. */
const SCORES = [0.9, 0.5, 0] as const;

interface RelationCount {
	/** Relations with at least this score. */
	readonly score: number;
	readonly shown: number;
	readonly right: number;
	/** Of 100 shown, how many are right; null where none is shown. */
	readonly percent: number | null;
	/** Right ones per 100 posts. */
	readonly perHundred: number;
}

export interface Sum {
	readonly posts: number;
	readonly verdicts: Readonly<Record<Verdict, number>>;
	readonly relations: readonly RelationCount[];
	/** Relations that should be shown, and how many of them are, with any score. */
	readonly expectedRelations: { readonly all: number; readonly shown: number };
}

export interface EverydayReport extends Sum {
	readonly slices: readonly (Sum & { readonly group: string; readonly name: string })[];
	/** Expected names that must be found. */
	readonly names: readonly {
		readonly group: string;
		readonly name: string;
		readonly all: number;
		readonly found: number;
	}[];
}

const percent = (part: number, whole: number) => (whole === 0 ? null : (100 * part) / whole);

export function sumOf(judged: readonly Judged[]): Sum {
	const shown = judged.flatMap(({ relations }) => relations.shown);
	const required = judged.reduce((sum, { relations }) => sum + relations.required.length, 0);
	const missed = judged.reduce((sum, { relations }) => sum + relations.missed.length, 0);
	return {
		posts: judged.length,
		verdicts: Object.fromEntries(
			VERDICTS.map((one) => [one, judged.filter(({ names }) => names.verdict === one).length]),
		) as Sum["verdicts"],
		relations: SCORES.map((score) => {
			const counted = shown.filter((relation) => relation.score >= score);
			const right = counted.filter((relation) => relation.right).length;
			return {
				score,
				shown: counted.length,
				right,
				percent: percent(right, counted.length),
				perHundred: percent(right, judged.length) ?? 0,
			};
		}),
		expectedRelations: { all: required, shown: required - missed },
	};
}

/** @param seen names of a training, or null */
export function summarize(judged: readonly Judged[], seen: ReadonlySet<string> | null): EverydayReport {
	const posts: readonly EverydayPost[] = judged.map(({ post }) => post);
	const names = judged.flatMap(({ post, names: { missed } }) =>
		post.names.flatMap((name, index) => (name.optional ? [] : [{ post, name, found: !missed.includes(index) }])),
	);
	return {
		...sumOf(judged),
		slices: postSlices(posts, seen).map(({ group, name, has }) => ({
			group,
			name,
			...sumOf(judged.filter(({ post }) => has(post))),
		})),
		names: nameSlices(seen).flatMap(({ group, name, has }) => {
			const chosen = names.filter(has);
			return chosen.length === 0
				? []
				: [{ group, name, all: chosen.length, found: chosen.filter(({ found }) => found).length }];
		}),
	};
}

const share = (part: number, whole: number) => `${part} (${(percent(part, whole) ?? 0).toFixed(0)} %)`;

const row = (name: string, cells: readonly string[]) =>
	`${name.padEnd(32)}${cells.map((cell) => cell.padStart(13)).join("")}`;

function sumRow(name: string, { posts, verdicts, relations }: Sum): string {
	const [, half] = relations as readonly [RelationCount, RelationCount];
	const cells = [
		String(posts),
		...VERDICTS.map((one) => share(verdicts[one], posts)),
		half.shown === 0 ? "–" : `${half.right} of ${half.shown}`,
	];
	return row(name, cells);
}

export function describeReport(report: EverydayReport): string {
	const lines = [row("posts", ["", ...VERDICTS, "rel. ≥ 0.5"]), sumRow("all", report)];
	let group = "";
	for (const slice of report.slices) {
		if (slice.group !== group) lines.push("", `by ${slice.group}`);
		group = slice.group;
		lines.push(sumRow(`  ${slice.name}`, slice));
	}
	lines.push("", row("names that must be found", ["", "found"]));
	for (const { name, all, found } of report.names) lines.push(row(`  ${name}`, [String(all), share(found, all)]));
	lines.push("", row("relations shown (per 100 posts)", ["", "right", "per 100"]));
	for (const { score, shown, right, perHundred } of report.relations)
		lines.push(
			row(score === 0 ? "  all" : `  score ≥ ${score}`, [String(shown), share(right, shown), perHundred.toFixed(1)]),
		);
	const { all, shown } = report.expectedRelations;
	lines.push(row("  of those that must be shown", [String(all), share(shown, all)]));
	return lines.join("\n");
}

/** A post with what was expected and what was found, for a person who wants to know why. */
export function describePost({ post, found, names, relations }: Judged): string {
	const typed = (text: string, types: readonly string[], optional = false) =>
		`${text} [${types.join(" or ")}${optional ? ", optional" : ""}]`;
	const lines = [`${post.id} (${names.verdict}) ${post.text}`];
	const expected = post.names.map(({ text, types, optional }) => typed(text, types, optional)).join(", ");
	lines.push(`    expected  ${expected || "no name"}`);
	lines.push(`    found     ${found.entities.map(({ text, type }) => typed(text, [type])).join(", ") || "no name"}`);
	for (const { head, type, tail, score, right } of relations.shown)
		lines.push(`    ${right ? "right    " : "wrong    "} ${head} → ${type} → ${tail} (${score.toFixed(2)})`);
	for (const index of relations.missed) {
		const { heads, tails, types } = post.relations[index]!;
		lines.push(`    missing   ${post.names[heads[0]!]!.text} → ${types.join(" or ")} → ${post.names[tails[0]!]!.text}`);
	}
	return lines.join("\n");
}
