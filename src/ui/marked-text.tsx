/** Shows the text with underlined marks and a label after each. Text reaches the page as text only. */
import { Fragment, type ReactNode } from "react";
import type { Link } from "./links.ts";
import type { Mark } from "./marks.ts";
import { lookClass } from "./palette.ts";
import { type Cover, layoutSpans } from "./spans.ts";

interface MarkedTextProps {
	readonly text: string;
	readonly marks: readonly Mark[];
	/** Everything that lights up. */
	readonly lit: ReadonlySet<Link>;
	readonly selected: Link | null;
}

/** The label of a mark is its button: one tab stop per mark, however many pieces the mark is drawn in. */
function MarkLabel({
	mark,
	lit,
	selected,
}: {
	readonly mark: Mark;
	readonly lit: boolean;
	readonly selected: boolean;
}) {
	return (
		<button
			type="button"
			className={`mark-label ${lookClass(mark.look)} mark-${mark.kind}${lit ? " is-lit" : ""}`}
			data-link={mark.link}
			data-mark={mark.key}
			aria-pressed={selected}
			aria-label={mark.name}
			title={mark.name}
		>
			{mark.label}
		</button>
	);
}

function piece({ span: mark, level, first, last }: Cover<Mark>, lit: ReadonlySet<Link>, inside: ReactNode): ReactNode {
	const ends = `${first ? " is-first" : ""}${last ? " is-last" : ""}${lit.has(mark.link) ? " is-lit" : ""}`;
	return (
		<span
			key={mark.key}
			className={`piece piece-${Math.min(level, 5)} ${lookClass(mark.look)}${ends}`}
			data-link={mark.link}
			data-piece={mark.key}
		>
			{inside}
		</span>
	);
}

export function MarkedText({ text, marks, lit, selected }: MarkedTextProps) {
	return (
		<p className="marked-text" dir="auto">
			{layoutSpans(text, marks).map((segment) => {
				const inside = segment.covers.reduceRight<ReactNode>((inner, cover) => piece(cover, lit, inner), segment.text);
				const ended = segment.covers.filter(({ last }) => last).reverse();
				return (
					<Fragment key={segment.start}>
						{inside}
						{ended.map(({ span: mark }) => (
							<MarkLabel key={mark.key} mark={mark} lit={lit.has(mark.link)} selected={selected === mark.link} />
						))}
					</Fragment>
				);
			})}
		</p>
	);
}
