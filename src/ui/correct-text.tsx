/** Shows the text to select in, by pointer or by keys, and reports the selection. */
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import type { Entity, ExtractedEvent } from "../core/result.ts";
import { t } from "../messages/ui.ts";
import { type Look, lookClass, lookOfType, TRIGGER_LOOK } from "./palette.ts";
import { layoutSpans } from "./spans.ts";

/** A piece of the text, UTF-16 offsets. */
export interface Selected {
	readonly start: number;
	readonly end: number;
}

interface CorrectTextProps {
	readonly text: string;
	readonly entities: readonly Entity[];
	readonly events: readonly ExtractedEvent[];
	/** Id of the entity that is being changed. */
	readonly chosen: string | null;
	readonly onSelect: (selected: Selected | null) => void;
	/** A key, and what is selected when it is pressed: `onSelect` may come a little later. */
	readonly onKey: (key: string, selected: Selected | null) => void;
}

/** The span without white space around it; null when nothing visible is left. */
export function trimmed(text: string, start: number, end: number): Selected | null {
	const piece = text.slice(start, end);
	const visible = piece.trim();
	if (visible === "") return null;
	const from = start + piece.indexOf(visible);
	return { start: from, end: from + visible.length };
}

/** Offsets of the selection inside `root`, which contains only the text; null when it is elsewhere or empty. */
function selectionIn(root: HTMLElement, text: string): Selected | null {
	const selection = root.ownerDocument.getSelection();
	if (!selection || selection.rangeCount === 0 || selection.isCollapsed) return null;
	const range = selection.getRangeAt(0);
	if (!root.contains(range.startContainer) || !root.contains(range.endContainer)) return null;
	const before = range.cloneRange();
	before.selectNodeContents(root);
	before.setEnd(range.startContainer, range.startOffset);
	const start = before.toString().length;
	return trimmed(text, start, start + range.toString().length);
}

/** How a key moves the selection, as in a text field: its direction and unit. */
const KEYS: Readonly<
	Record<string, readonly [way: "left" | "right" | "backward" | "forward", unit: "character" | "line" | "lineboundary"]>
> = {
	ArrowLeft: ["left", "character"],
	ArrowRight: ["right", "character"],
	ArrowUp: ["backward", "line"],
	ArrowDown: ["forward", "line"],
	Home: ["backward", "lineboundary"],
	End: ["forward", "lineboundary"],
};

/** With Ctrl or Alt by word, with Shift the selection grows. */
function moveSelection(root: HTMLElement, event: KeyboardEvent): void {
	const key = KEYS[event.key];
	const selection = root.ownerDocument.getSelection();
	if (key === undefined || !selection) return;
	event.preventDefault();
	if (!selection.anchorNode || !root.contains(selection.anchorNode)) {
		selection.collapse(root.ownerDocument.createTreeWalker(root, NodeFilter.SHOW_TEXT).nextNode() ?? root, 0);
	}
	const [way, unit] = key;
	selection.modify(
		event.shiftKey ? "extend" : "move",
		way,
		unit === "character" && (event.ctrlKey || event.altKey) ? "word" : unit,
	);
}

interface Caret {
	readonly left: number;
	readonly top: number;
	readonly height: number;
}

/** The caret, relative to `root`: browsers draw none in text that cannot be edited. */
function caretIn(root: HTMLElement): Caret | null {
	const selection = root.ownerDocument.getSelection();
	if (!selection?.focusNode || !root.contains(selection.focusNode) || root.ownerDocument.activeElement !== root)
		return null;
	const range = root.ownerDocument.createRange();
	range.setStart(selection.focusNode, selection.focusOffset);
	const at = range.getBoundingClientRect();
	const around = root.getBoundingClientRect();
	return at.height === 0
		? null
		: { left: at.left - around.left - root.clientLeft, top: at.top - around.top - root.clientTop, height: at.height };
}

const pieceClass = (level: number, look: Look, lit: boolean): string =>
	`piece piece-${Math.min(level, 5)} ${lookClass(look)}${lit ? " is-lit" : ""}`;

export function CorrectText({ text, entities, events, chosen, onSelect, onKey }: CorrectTextProps) {
	const root = useRef<HTMLDivElement>(null);
	const id = useId();
	const [caret, setCaret] = useState<Caret | null>(null);
	const report = useRef(onSelect);
	report.current = onSelect;
	useEffect(() => {
		const listen = () => {
			const element = root.current;
			const selection = document.getSelection();
			// A selection in a field or a button elsewhere leaves the selected piece as it is.
			if (!element || !selection?.anchorNode || !element.contains(selection.anchorNode)) return;
			report.current(selectionIn(element, text));
			setCaret(caretIn(element));
		};
		document.addEventListener("selectionchange", listen);
		return () => document.removeEventListener("selectionchange", listen);
	}, [text]);
	const marks = [
		...entities.map(({ id: own, start, end, type }) => ({ id: own, start, end, look: lookOfType(type) })),
		...events.map(({ id: own, trigger: { start, end } }) => ({ id: own, start, end, look: TRIGGER_LOOK })),
	];
	return (
		<>
			<p id={id} className="quiet small">
				{t("edit.how")}
			</p>
			{/* biome-ignore lint/a11y/useSemanticElements: a textarea cannot draw the marks */}
			<div
				ref={root}
				className="correct-text"
				role="textbox"
				aria-readonly="true"
				aria-multiline="true"
				aria-label={t("edit.text")}
				aria-describedby={id}
				tabIndex={0}
				dir="auto"
				onBlur={() => setCaret(null)}
				onKeyDown={(event) => {
					if (!root.current) return;
					moveSelection(root.current, event);
					if (!event.ctrlKey && !event.metaKey && !event.altKey) onKey(event.key, selectionIn(root.current, text));
				}}
			>
				{layoutSpans(text, marks).map((segment) =>
					segment.covers.reduceRight(
						(inside, { span, level }) => (
							<span key={`${segment.start} ${span.id}`} className={pieceClass(level, span.look, span.id === chosen)}>
								{inside}
							</span>
						),
						<span key={segment.start}>{segment.text}</span>,
					),
				)}
				{caret && <span className="correct-caret" aria-hidden="true" style={caret} />}
			</div>
		</>
	);
}
