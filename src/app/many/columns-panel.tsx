/** Lets a person say which columns of a table are read, and in which encoding, beside its first rows. */
import { useEffect, useId, useState } from "react";
import type { Columns, Preview, ReadOptions } from "../../inputs/types.ts";
import { t } from "../../messages/app.ts";
import type { Choice } from "./many-posts.ts";

/** Encodings that files of posts come in; whatever was detected is added. */
const ENCODINGS = [
	..."utf-8 windows-1252 utf-16le utf-16be iso-8859-2 windows-1250 windows-1251 windows-1254 windows-1256".split(" "),
	..."shift_jis euc-jp gb18030 big5 euc-kr macintosh".split(" "),
];

const ROLES = ["text", "id", "picture"] as const satisfies readonly (keyof Columns)[];

interface ColumnsPanelProps {
	readonly choice: Choice;
	/** Reads the files again. */
	readonly onRead: (files: readonly File[], options: ReadOptions) => void;
}

/** The preview in another encoding; the one that is there until it is read. */
function usePreview({ files, options, preview }: Choice, encoding: string | undefined): Preview {
	const [read, setRead] = useState<{ readonly encoding: string | undefined; readonly preview: Preview } | null>(null);
	useEffect(() => {
		if (encoding === options.encoding) return setRead(null);
		let current = true;
		import("./reading.ts")
			.then(({ openFiles }) => openFiles(files, encoding === undefined ? {} : { encoding }))
			.then(
				(opened) => current && opened.preview && setRead({ encoding, preview: opened.preview }),
				() => undefined,
			);
		return () => {
			current = false;
		};
	}, [files, options, encoding]);
	return read?.preview ?? preview;
}

export function ColumnsPanel({ choice, onRead }: ColumnsPanelProps) {
	const { files, options } = choice;
	const [encoding, setEncoding] = useState(options.encoding);
	const preview = usePreview(choice, encoding);
	const [chosen, setChosen] = useState<Columns>({});
	const columns: Columns = { ...preview.columns, ...options.columns, ...chosen };
	const read = () => {
		const named = Object.fromEntries(Object.entries(columns).filter(([, name]) => name !== ""));
		onRead(files, { columns: named, ...(encoding === undefined ? {} : { encoding }) });
	};
	return (
		<details className="many-columns" open={preview.columns === null}>
			<summary>{columns.text ? t("columns.summary", { name: columns.text }) : t("columns.missing")}</summary>
			<div className="row">
				{ROLES.map((role) => (
					<Select
						key={role}
						label={t(`columns.${role}`)}
						value={columns[role] ?? ""}
						options={["", ...preview.names]}
						empty={t("columns.none")}
						onChange={(name) => setChosen({ ...chosen, [role]: name })}
					/>
				))}
				{preview.encoding !== null && (
					<Select
						label={t("columns.encoding")}
						value={encoding ?? ""}
						options={["", ...new Set([...ENCODINGS, preview.encoding])]}
						empty={t("columns.detected", { name: preview.encoding })}
						onChange={(label) => setEncoding(label === "" ? undefined : label)}
					/>
				)}
				<button type="button" className="button small" disabled={!columns.text} onClick={read}>
					{t("columns.read")}
				</button>
			</div>
			<FirstRows preview={preview} columns={columns} />
		</details>
	);
}

interface SelectProps {
	readonly label: string;
	readonly value: string;
	readonly options: readonly string[];
	/** What stands for "". */
	readonly empty: string;
	readonly onChange: (value: string) => void;
}

function Select({ label, value, options, empty, onChange }: SelectProps) {
	const id = useId();
	return (
		<span className="many-column">
			<label htmlFor={id}>{label}</label>
			<select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
				{options.map((name) => (
					<option key={name} value={name}>
						{name === "" ? empty : name}
					</option>
				))}
			</select>
		</span>
	);
}

function FirstRows({ preview, columns }: { readonly preview: Preview; readonly columns: Columns }) {
	const chosen = new Set(Object.values(columns));
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
		<section className="many-preview" tabIndex={0} aria-label={t("columns.preview")}>
			<table>
				<thead>
					<tr>
						{preview.names.map((name) => (
							<th key={name} scope="col" className={chosen.has(name) ? "is-chosen" : undefined}>
								{name}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{preview.rows.map((row, at) => (
						// biome-ignore lint/suspicious/noArrayIndexKey: rows are a picture of the file, never reordered
						<tr key={at}>
							{preview.names.map((name, column) => (
								<td key={name} dir="auto" className={chosen.has(name) ? "is-chosen" : undefined}>
									{row[column]}
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</section>
	);
}
