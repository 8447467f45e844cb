/** Goes in: a text with its entities. Comes out: the text to select in, by pointer or by keys, and what is selected. */
import { type KeyboardEvent, useEffect, useId, useRef } from "react";
import type { Entity } from "../core/result.ts";
import { lookClass, lookOfType } from "./palette.ts";
import { layoutSpans } from "./spans.ts";

/** A piece of the text, UTF-16 offsets. */
export interface Selected {
	readonly start: number;
	readonly end: number;
}

interface CorrectTextProps {
	readonly text: string;
	readonly entities: readonly Entity[];
	/** Id of the entity that is being changed. */
	readonly chosen: string | null;
	readonly onSelect: (selected: Selected | null) => void;
}

/** Without white space around it; null when nothing visible is left. */
export function trimmed(text: string, start: number, end: number): Selected | null {
	const piece = text.slice(start, end);
	const visible = piece.trim();
	if (visible === "") return null;
	const from = start + piece.indexOf(visible);
	return { start: from, end: from + visible.length };
}

/** Offsets of the page's selection inside `root`, which holds nothing but the text; null when it is elsewhere or empty. */
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

/** Arrow keys as in a text field: with Ctrl or Alt by word, with Shift they select. */
function moveSelection(root: HTMLElement, event: KeyboardEvent): void {
	const way = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "backward", ArrowDown: "forward" }[event.key];
	const selection = root.ownerDocument.getSelection();
	if (way === undefined || !selection) return;
	event.preventDefault();
	if (selection.rangeCount === 0 || !selection.anchorNode || !root.contains(selection.anchorNode)) selection.collapse(root, 0);
	const unit = way === "left" || way === "right" ? (event.ctrlKey || event.altKey ? "word" : "character") : "line";
	selection.modify(event.shiftKey ? "extend" : "move", way, unit);
}

export function CorrectText({ text, entities, chosen, onSelect }: CorrectTextProps) {
	const root = useRef<HTMLDivElement>(null);
	const id = useId();
	const heard = useRef(onSelect);
	heard.current = onSelect;
	useEffect(() => {
		const listen = () => {
			const element = root.current;
			const selection = document.getSelection();
			// A selection that moved to a field or a button leaves the marked piece as it is.
			if (!element || !selection?.anchorNode || !element.contains(selection.anchorNode)) return;
			heard.current(selectionIn(element, text));
		};
		document.addEventListener("selectionchange", listen);
		return () => document.removeEventListener("selectionchange", listen);
	}, [text]);
	return (
		<>
			<p id={id} className="quiet small">
				Select a piece of the text to mark it. By keyboard: arrow keys move, Ctrl moves by word, Shift selects.
			</p>
			{/* biome-ignore lint/a11y/useSemanticElements: a textarea cannot draw the marks */}
			<div
				ref={root}
				className="correct-text"
				role="textbox"
				aria-readonly="true"
				aria-multiline="true"
				aria-label="Text of the post, to select in"
				aria-describedby={id}
				tabIndex={0}
				dir="auto"
				onKeyDown={(event) => root.current && moveSelection(root.current, event)}
			>
				{layoutSpans(text, entities).map((segment) =>
					segment.covers.reduceRight(
						(inside, { span, level }) => (
							<span
								key={`${segment.start} ${span.id}`}
								className={`piece piece-${Math.min(level, 5)} ${lookClass(lookOfType(span.type))}${span.id === chosen ? " is-lit" : ""}`}
							>
								{inside}
							</span>
						),
						<span key={segment.start}>{segment.text}</span>,
					),
				)}
			</div>
		</>
	);
}
