/** Goes in: a form as it was pasted or loaded. Comes out: fields to bring one, where its words stand, and the order they are read in. */
import { type ClipboardEvent, type Dispatch, useId, useMemo, useState } from "react";
import { toFailureData } from "../../core/failure.ts";
import { layOutWords, type TextLayout } from "../../tasks/layout/layout.ts";
import { LAYOUT_FILE_LIMIT, parseLayoutFile } from "../../tasks/layout/layout-file.ts";
import { layoutFromHtml } from "../../ui/html-layout.ts";
import { LayoutMap } from "../../ui/layout-map.tsx";
import type { Action, FormLayout, PostDraft } from "../state/state.ts";

interface LayoutPanelProps {
	readonly post: PostDraft;
	readonly dispatch: Dispatch<Action>;
}

/** Lines of a layout, each with its blocks. */
function linesOf({ text, blocks }: TextLayout): string[][] {
	const lines: string[][] = [];
	for (const [at, { start, end }] of blocks.entries()) {
		const before = blocks[at - 1];
		if (!before || text.slice(before.end, start).includes("\n")) lines.push([]);
		lines.at(-1)!.push(text.slice(start, end));
	}
	return lines;
}

/** A longer form is not listed line by line. */
const MOST_LINES = 200;

function Loaded({ layout, dispatch }: { readonly layout: FormLayout; readonly dispatch: Dispatch<Action> }) {
	const laid = useMemo(() => layOutWords(layout.words), [layout]);
	const lines = linesOf(laid);
	return (
		<>
			<p className="row small">
				<span>
					<bdi>{layout.name}</bdi>: {layout.words.length.toLocaleString("en")} words in {lines.length}{" "}
					{lines.length === 1 ? "line" : "lines"}
				</span>
				<button type="button" className="button small" onClick={() => dispatch({ type: "layout-removed" })}>
					Remove the form
				</button>
			</p>
			<LayoutMap layout={laid} />
			<details className="form-order">
				<summary>Reading order</summary>
				<ol>
					{lines.slice(0, MOST_LINES).map((blocks, at) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
						<li key={at}>
							{blocks.map((block, place) => (
								// biome-ignore lint/suspicious/noArrayIndexKey: so is a block
								<span key={place} className="form-block">
									<bdi>{block}</bdi>
								</span>
							))}
						</li>
					))}
				</ol>
				{lines.length > MOST_LINES && <p className="quiet small">And {lines.length - MOST_LINES} more lines.</p>}
			</details>
		</>
	);
}

export function LayoutPanel({ post, dispatch }: LayoutPanelProps) {
	const id = useId();
	const [html, setHtml] = useState("");
	const [problem, setProblem] = useState<string | null>(null);
	const attempt = async (read: () => FormLayout | Promise<FormLayout>) => {
		try {
			dispatch({ type: "layout", layout: await read() });
			setProblem(null);
			setHtml("");
		} catch (error) {
			const { what, remedy } = toFailureData(error);
			setProblem(`${what} ${remedy}`);
		}
	};
	const readHtml = (source: string) => attempt(() => ({ name: "Pasted form", words: layoutFromHtml(source) }));
	const onPaste = (event: ClipboardEvent) => {
		// What is copied from a page brings its source along.
		const source = event.clipboardData.getData("text/html");
		if (source === "") return;
		event.preventDefault();
		void readHtml(source);
	};
	const readFile = (file: File) =>
		attempt(async () => {
			// A file of that many bytes has at most that many characters; a larger one is refused unread.
			const text = file.size > 4 * LAYOUT_FILE_LIMIT ? " ".repeat(LAYOUT_FILE_LIMIT + 1) : await file.text();
			const words = /^\s*</.test(text) ? layoutFromHtml(text) : parseLayoutFile(text, file.name);
			return { name: file.name, words };
		});
	return (
		<section className="form-layout" aria-labelledby={`${id}-title`}>
			<h3 id={`${id}-title`}>Form or table</h3>
			{post.layout ? (
				<Loaded layout={post.layout} dispatch={dispatch} />
			) : (
				<p className="quiet small">
					Where words stand tells keys from values. Without it each line of the text is read for itself.
				</p>
			)}
			<label htmlFor={`${id}-html`} className="small">
				Paste a form or a table from a page, or its HTML
			</label>
			<textarea
				id={`${id}-html`}
				rows={2}
				spellCheck={false}
				value={html}
				aria-describedby={`${id}-problem`}
				onPaste={onPaste}
				onChange={(event) => setHtml(event.target.value)}
			/>
			<div className="row">
				<button
					type="button"
					className="button small"
					disabled={html.trim() === ""}
					onClick={() => void readHtml(html)}
				>
					Read the HTML
				</button>
			</div>
			<label htmlFor={`${id}-file`} className="small">
				Or a file: HTML, or words with boxes (JSON, TSV)
			</label>
			<input
				id={`${id}-file`}
				type="file"
				accept=".json,.tsv,.txt,.html,.htm"
				aria-describedby={`${id}-problem`}
				onChange={({ target }) => {
					const [file] = target.files ?? [];
					target.value = "";
					if (file) void readFile(file);
				}}
			/>
			<p id={`${id}-problem`} className="problem" role="status">
				{problem}
			</p>
		</section>
	);
}
