/** Takes a form or a table, pasted or from a file, and shows where its words stand and in which order they are read. */
import { type ClipboardEvent, type Dispatch, useId, useMemo, useState } from "react";
import { toFailureData } from "../../core/failure.ts";
import { t } from "../../messages/app.ts";
import { layOutWords, type TextLayout } from "../../tasks/layout/layout.ts";
import { MAX_LAYOUT_FILE_LENGTH, parseLayoutFile } from "../../tasks/layout/layout-file.ts";
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

/** Lines that are listed. */
const MAX_LINES = 200;

function Loaded({ layout, dispatch }: { readonly layout: FormLayout; readonly dispatch: Dispatch<Action> }) {
	const laid = useMemo(() => layOutWords(layout.words), [layout]);
	const lines = linesOf(laid);
	return (
		<>
			<p className="row small">
				<span>
					<bdi>{layout.name}</bdi>: {t("form.words", { words: layout.words.length, count: lines.length })}
				</span>
				<button type="button" className="button small" onClick={() => dispatch({ type: "layout-removed" })}>
					{t("form.remove")}
				</button>
			</p>
			<LayoutMap layout={laid} />
			<details className="form-order">
				<summary>{t("form.order")}</summary>
				<ol>
					{lines.slice(0, MAX_LINES).map((blocks, at) => (
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
				{lines.length > MAX_LINES && (
					<p className="quiet small">{t("form.moreLines", { count: lines.length - MAX_LINES })}</p>
				)}
			</details>
		</>
	);
}

type ReadForm = () => FormLayout | Promise<FormLayout>;

interface HtmlFieldProps {
	/** Resolves to whether the form could be read. */
	readonly attempt: (read: ReadForm) => Promise<boolean>;
	/** Id of the element that shows the problem. */
	readonly problem: string;
}

function HtmlField({ attempt, problem }: HtmlFieldProps) {
	const id = useId();
	const [html, setHtml] = useState("");
	const read = async (source: string) => {
		if (await attempt(() => ({ name: t("form.pasted"), words: layoutFromHtml(source) }))) setHtml("");
	};
	const onPaste = (event: ClipboardEvent) => {
		// What is copied from a page brings its source along.
		const source = event.clipboardData.getData("text/html");
		if (source === "") return;
		event.preventDefault();
		void read(source);
	};
	return (
		<>
			<label htmlFor={id} className="small">
				{t("form.paste")}
			</label>
			<textarea
				id={id}
				rows={2}
				spellCheck={false}
				value={html}
				aria-describedby={problem}
				onPaste={onPaste}
				onChange={(event) => setHtml(event.target.value)}
			/>
			<div className="row">
				<button type="button" className="button small" disabled={html.trim() === ""} onClick={() => void read(html)}>
					{t("form.read")}
				</button>
			</div>
		</>
	);
}

async function formOf(file: File): Promise<FormLayout> {
	// A file of that many bytes has at most that many characters; a larger one is refused unread.
	const text = file.size > 4 * MAX_LAYOUT_FILE_LENGTH ? " ".repeat(MAX_LAYOUT_FILE_LENGTH + 1) : await file.text();
	const words = /^\s*</.test(text) ? layoutFromHtml(text) : parseLayoutFile(text, file.name);
	return { name: file.name, words };
}

export function LayoutPanel({ post, dispatch }: LayoutPanelProps) {
	const id = useId();
	const [problem, setProblem] = useState<string | null>(null);
	const attempt = async (read: ReadForm) => {
		try {
			dispatch({ type: "layout", layout: await read() });
			setProblem(null);
			return true;
		} catch (error) {
			const { what, remedy } = toFailureData(error, "app");
			setProblem(`${what} ${remedy}`);
			return false;
		}
	};
	return (
		<section className="form-layout" aria-labelledby={`${id}-title`}>
			<h3 id={`${id}-title`}>{t("form.title")}</h3>
			{post.layout ? (
				<Loaded layout={post.layout} dispatch={dispatch} />
			) : (
				<p className="quiet small">{t("form.why")}</p>
			)}
			<HtmlField attempt={attempt} problem={`${id}-problem`} />
			<label htmlFor={`${id}-file`} className="small">
				{t("form.file")}
			</label>
			<input
				id={`${id}-file`}
				type="file"
				accept=".json,.tsv,.txt,.html,.htm"
				aria-describedby={`${id}-problem`}
				onChange={({ target }) => {
					const [file] = target.files ?? [];
					target.value = "";
					if (file) void attempt(() => formOf(file));
				}}
			/>
			<p id={`${id}-problem`} className="problem" role="status">
				{problem}
			</p>
		</section>
	);
}
