/** A dialog that copies or saves results in any format, and opens annotation files. */
import { type ReactNode, useContext, useEffect, useId, useRef, useState } from "react";
import { countUnsure } from "../../core/calibration.ts";
import { toFailureData } from "../../core/failure.ts";
import type { ExtractionResult } from "../../core/result.ts";
import { withoutSensitive } from "../../core/sensitive.ts";
import {
	FORMAT_NAMES,
	FORMATS,
	type FormatName,
	load,
	READABLE_TITLES,
	save,
	writtenItems,
} from "../../exports/formats.ts";
import { pictureOf } from "../../exports/svg.ts";
import type { ExportItem } from "../../exports/types.ts";
import { t } from "../../messages/app.ts";
import { Icon } from "../../ui/icons.tsx";
import { AllowedContext, sensitiveText } from "../../ui/sensitive.tsx";
import { download } from "./download.ts";
import { pngOf } from "./text-picture.ts";

interface ExportDialogProps {
	/** The posts to write; empty where there is no result yet. */
	readonly items: readonly ExportItem[];
	/** The post's text, for annotations that only refer to it. */
	readonly text?: string;
	/** Posts of a dropped file, of which one is to be chosen. */
	readonly found?: readonly ExportItem[];
	/** Absent where nothing can be opened. */
	readonly onOpen?: (result: ExtractionResult) => void;
	readonly onClose: () => void;
}

/** Posts that are listed; the command line converts any number. */
const MAX_LISTED = 200;

export function ExportDialog({ items, text = "", found = [], onOpen, onClose }: ExportDialogProps) {
	const [report, setReport] = useState<string | null>(found.length > 0 ? choose(found) : null);
	const dialog = useRef<HTMLDialogElement>(null);
	const id = useId();
	const isExport = items.length > 0 && found.length === 0;
	useEffect(() => dialog.current?.showModal(), []);
	return (
		<dialog ref={dialog} className="export" aria-labelledby={`${id}-title`} onClose={onClose}>
			<div className="export-top">
				<div className="card-head">
					<h2 id={`${id}-title`}>{isExport ? t("export.title") : t("export.openTitle")}</h2>
					<button
						type="button"
						className="icon-button small"
						aria-label={t("export.close")}
						onClick={() => dialog.current?.close()}
					>
						<Icon name="close" />
					</button>
				</div>
				<p className="export-report" role="status">
					{report}
				</p>
			</div>
			{isExport && <FormatList items={items} onReport={setReport} />}
			{onOpen && (
				<OpenFiles
					text={text}
					given={found}
					onReport={setReport}
					onOpen={(result) => {
						onOpen(result);
						dialog.current?.close();
					}}
				/>
			)}
		</dialog>
	);
}

interface FormatListProps {
	readonly items: readonly ExportItem[];
	readonly onReport: (report: string | null) => void;
}

/** Every format, to copy or to download; records that are not sure only if the person wants them. */
function FormatList({ items: all, onReport }: FormatListProps) {
	const allowed = useContext(AllowedContext);
	const [sensitive, setSensitive] = useState(false);
	const hidden = sensitiveText(
		all.map(({ result }) => result),
		allowed,
	);
	const items = all.map((item) => ({ ...item, result: withoutSensitive(item.result, sensitive ? "all" : allowed) }));
	const [unsure, setUnsure] = useState(false);
	const left = items.reduce((sum, { result }) => sum + countUnsure(result), 0);
	return (
		<>
			{left > 0 && (
				<label className="check">
					<input type="checkbox" checked={unsure} onChange={(event) => setUnsure(event.target.checked)} />
					{t("export.unsure", { count: left })}
				</label>
			)}
			{hidden && (
				<label className="check" title={hidden}>
					<input type="checkbox" checked={sensitive} onChange={(event) => setSensitive(event.target.checked)} />
					{hidden} {t("export.sensitive")}
				</label>
			)}
			<ul className="export-list">
				{FORMAT_NAMES.map((name) => (
					<FormatRow key={name} name={name}>
						<FormatButtons name={name} items={items} unsure={unsure} onReport={onReport} />
					</FormatRow>
				))}
			</ul>
		</>
	);
}

interface FormatButtonsProps extends FormatListProps {
	readonly name: FormatName;
	/** Records that are not sure are written, too. */
	readonly unsure: boolean;
}

/** Copies or downloads the posts in one format. */
function FormatButtons({ name, items, unsure, onReport }: FormatButtonsProps) {
	const { title: format, files } = FORMATS[name];
	const attempt = (work: () => string | null) => {
		try {
			onReport(work());
		} catch (error) {
			onReport(sentence(error));
		}
	};
	const copy = () => {
		navigator.clipboard.writeText(save(items, name, { unsure }).text ?? "").then(
			() => onReport(t("export.copiedAs", { format })),
			() => onReport(t("export.notCopied")),
		);
		return null;
	};
	const take = () => {
		const { name: file, bytes, mediaType } = save(items, name, { unsure });
		download(file, new Blob([bytes], { type: mediaType }));
		return t("export.saved", { file });
	};
	return (
		<>
			{files === "one" && (
				<button
					type="button"
					className="button small"
					aria-label={t("export.copyAs", { format })}
					onClick={() => attempt(copy)}
				>
					<Icon name="copy" /> {t("export.copy")}
				</button>
			)}
			<button
				type="button"
				className="button small"
				aria-label={t("export.downloadAs", { format })}
				onClick={() => attempt(take)}
			>
				<Icon name="download" /> {t("export.download")}
			</button>
			{name === "svg" && items.length === 1 && (
				<button
					type="button"
					className="button small"
					aria-label={t("export.png")}
					onClick={() => savePicture(items, unsure, onReport)}
				>
					<Icon name="download" /> PNG
				</button>
			)}
		</>
	);
}

/** Saves the annotated text of the only post as a PNG. */
function savePicture(items: readonly ExportItem[], unsure: boolean, onReport: (report: string) => void): void {
	const [item] = writtenItems(items, "svg", { unsure });
	if (!item) return;
	pngOf(pictureOf(item.result)).then(
		(png) => {
			download("umie.png", png);
			onReport(t("export.saved", { file: "umie.png" }));
		},
		(error: unknown) => onReport(sentence(error)),
	);
}

function sentence(error: unknown): string {
	const { what, remedy } = toFailureData(error, "app");
	return `${what} ${remedy}`;
}

const choose = (posts: readonly ExportItem[]): string => t("export.choose", { count: posts.length });

interface OpenFilesProps {
	readonly text: string;
	readonly given: readonly ExportItem[];
	readonly onReport: (report: string) => void;
	readonly onOpen: (result: ExtractionResult) => void;
}

/** Opens annotations of other tools and of earlier visits; where a file has several posts, one is chosen. */
function OpenFiles({ text, given, onReport, onOpen }: OpenFilesProps) {
	const [found, setFound] = useState(given);
	const id = useId();
	const open = async (list: readonly File[]) => {
		if (list.length === 0) return;
		const files = await Promise.all(
			list.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })),
		);
		const read = load(files, text === "" ? {} : { text });
		if (read.length === 1 && read[0]) return onOpen(read[0].result);
		setFound(read);
		onReport(choose(read));
	};
	return (
		<div className="export-open">
			<label htmlFor={id}>{t("export.openLabel")}</label>
			<input
				id={id}
				type="file"
				multiple
				accept=".json,.jsonl,.jsonld,.ann,.txt,.zip"
				onChange={(event) => {
					const files = [...(event.target.files ?? [])];
					// So that the same file can be chosen again after it was edited.
					event.target.value = "";
					open(files).catch((error: unknown) => onReport(sentence(error)));
				}}
			/>
			<p className="quiet small">{t("export.reads", { formats: READABLE_TITLES.join(", ") })}</p>
			{found.length > 0 && (
				<ul className="export-found" aria-label={t("export.posts")}>
					{found.slice(0, MAX_LISTED).map(({ id: name, result }) => (
						<li key={name}>
							<button type="button" className="button small" onClick={() => onOpen(result)}>
								<bdi>{name}</bdi> <span className="quiet">{result.text.slice(0, 60)}</span>
							</button>
						</li>
					))}
				</ul>
			)}
		</div>
	);
}

function FormatRow({ name, children }: { readonly name: FormatName; readonly children: ReactNode }) {
	const { title, about, leavesOut } = FORMATS[name];
	return (
		<li>
			<div>
				<h3>{title}</h3>
				<p>{t("export.about", { about })}</p>
				{leavesOut !== "" && <p className="quiet small">{t("export.leavesOut", { what: leavesOut })}</p>}
			</div>
			<div className="row">{children}</div>
		</li>
	);
}
