/** Goes in: posts with what was found. Comes out: a list of formats to copy or save them in, and a way to open such files again. */
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { toFailureData } from "../core/failure.ts";
import type { ExtractionResult } from "../core/result.ts";
import { FORMAT_NAMES, FORMATS, type FormatName, load, READABLE, save } from "../exports/formats.ts";
import type { ExportItem } from "../exports/types.ts";
import { Icon } from "../ui/icons.tsx";
import { download } from "./download.ts";

interface ExportDialogProps {
	/** What is written; empty where there is no result yet. */
	readonly items: readonly ExportItem[];
	/** The post's text, for annotations that only point at it. */
	readonly text: string;
	readonly onOpen: (result: ExtractionResult) => void;
	readonly onClose: () => void;
}

/** Several files travel as an archive, which has no place on the clipboard. */
const COPIES: Readonly<Record<string, boolean>> = Object.fromEntries(FORMAT_NAMES.map((name) => [name, name !== "brat" && name !== "training"]));

/** More are not listed; the command line converts any number. */
const MOST_LISTED = 200;

export function ExportDialog({ items, text, onOpen, onClose }: ExportDialogProps) {
	const [said, setSaid] = useState<string | null>(null);
	const [found, setFound] = useState<readonly ExportItem[]>([]);
	const dialog = useRef<HTMLDialogElement>(null);
	const id = useId();
	useEffect(() => dialog.current?.showModal(), []);
	const attempt = (work: () => string | null) => {
		try {
			setSaid(work());
		} catch (error) {
			const { what, remedy } = toFailureData(error);
			setSaid(`${what} ${remedy}`);
		}
	};
	const copy = (name: FormatName) =>
		attempt(() => {
			navigator.clipboard.writeText(save(items, name).text ?? "").then(
				() => setSaid(`Copied as ${FORMATS[name].title}.`),
				() => setSaid("The browser did not allow copying: download it instead."),
			);
			return null;
		});
	const take = (name: FormatName) =>
		attempt(() => {
			const { name: file, bytes, mediaType } = save(items, name);
			download(file, new Blob([bytes], { type: mediaType }));
			return `Saved ${file}.`;
		});
	const open = async (list: FileList | null) => {
		const files = await Promise.all([...(list ?? [])].map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
		if (files.length === 0) return;
		attempt(() => {
			const read = load(files, text === "" ? {} : { text });
			if (read.length === 1 && read[0]) {
				onOpen(read[0].result);
				onClose();
				return null;
			}
			setFound(read);
			return `${read.length} posts: choose one to open.`;
		});
	};
	return (
		<dialog ref={dialog} className="export" aria-labelledby={`${id}-title`} onClose={onClose}>
			<div className="card-head">
				<h2 id={`${id}-title`}>{items.length > 0 ? "Export and open" : "Open annotations"}</h2>
				<button type="button" className="icon-button small" aria-label="Close" onClick={() => dialog.current?.close()}>
					<Icon name="close" />
				</button>
			</div>
			<p className="export-said" role="status">
				{said}
			</p>
			{items.length > 0 && (
				<ul className="export-list">
					{FORMAT_NAMES.map((name) => (
						<FormatRow key={name} name={name}>
							{COPIES[name] && (
								<button type="button" className="button small" aria-label={`Copy as ${FORMATS[name].title}`} onClick={() => copy(name)}>
									<Icon name="copy" /> Copy
								</button>
							)}
							<button type="button" className="button small" aria-label={`Download as ${FORMATS[name].title}`} onClick={() => take(name)}>
								<Icon name="download" /> Download
							</button>
						</FormatRow>
					))}
				</ul>
			)}
			<div className="export-open">
				<label htmlFor={`${id}-file`}>Open annotations to correct them</label>
				<input
					id={`${id}-file`}
					type="file"
					multiple
					accept=".json,.jsonl,.jsonld,.ann,.txt,.zip"
					onChange={(event) => {
						open(event.target.files).catch((error: unknown) => setSaid(toFailureData(error).what));
						event.target.value = "";
					}}
				/>
				<p className="quiet small">
					Reads {READABLE.map((name) => FORMATS[name].title).join(", ")}. Choose the .txt and the .ann of brat together, or a .zip of them.
				</p>
				{found.length > 0 && (
					<ul className="export-found" aria-label="Posts in the file">
						{found.slice(0, MOST_LISTED).map(({ id: name, result }) => (
							<li key={name}>
								<button
									type="button"
									className="button small"
									onClick={() => {
										onOpen(result);
										onClose();
									}}
								>
									<bdi>{name}</bdi> <span className="quiet">{result.text.slice(0, 60)}</span>
								</button>
							</li>
						))}
					</ul>
				)}
			</div>
		</dialog>
	);
}

function FormatRow({ name, children }: { readonly name: FormatName; readonly children: ReactNode }) {
	const { title, about, leavesOut } = FORMATS[name];
	return (
		<li>
			<div>
				<h3>{title}</h3>
				<p>{about}.</p>
				{leavesOut !== "" && <p className="quiet small">Leaves out {leavesOut}.</p>}
			</div>
			<div className="row">{children}</div>
		</li>
	);
}
