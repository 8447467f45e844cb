/**
 * The page for people who embed the element: a live example, snippets to copy, and a reference made from its manifest.
 */
import { useEffect, useId, useState } from "react";
import { LIGHT_MODEL } from "../../bundle/built-in.ts";
import { defineUmieExtractor } from "../../element/element.ts";
import { customElementsManifest } from "../../element/manifest.ts";
import { UmieExtractor } from "../../element/react.tsx";
import { pieces, t } from "../../messages/app.ts";
import { Icon } from "../../ui/icons.tsx";
import { rich } from "../../ui/rich.ts";
import { builtInUrl } from "../state/use-engine.ts";
import { EXAMPLE_NAMES, EXAMPLES, type Example, type ExampleName } from "./examples.ts";
import "./docs.css";

const HOST = "https://example.org/umie";

/** Escapes text for HTML, between tags and in attributes. */
const escaped = (text: string): string =>
	text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");

const snippets = ({ text, tasks, labels }: Example): Readonly<Record<string, string>> => ({
	HTML: [
		`<script type="module" src="${HOST}/umie-extractor.js"></script>`,
		`<umie-extractor tasks="${escaped(tasks)}"${labels && ` labels="${escaped(labels)}"`}>`,
		`  ${escaped(text)}`,
		"</umie-extractor>",
	].join("\n"),
	React: [
		'import { UmieExtractor } from "umie-web/react";',
		"",
		`<UmieExtractor tasks=${JSON.stringify(tasks)}${labels && ` labels=${JSON.stringify(labels)}`}`,
		`  text={${JSON.stringify(text)}}`,
		"  onResult={({ entities }) => console.log(entities)} />",
	].join("\n"),
	JavaScript: [
		'import { createExtractor } from "umie-web";',
		"",
		"const extractor = createExtractor();",
		`const post = { text: ${JSON.stringify(text)} };`,
		`const result = await extractor.extract(post, { tasks: ${JSON.stringify(tasks.split(","))} });`,
	].join("\n"),
});

function Snippet({ name, code }: { readonly name: string; readonly code: string }) {
	const [report, setReport] = useState("");
	const copy = () =>
		navigator.clipboard.writeText(code).then(
			() => setReport(t("take.copied")),
			() => setReport(t("export.notCopied")),
		);
	return (
		<section className="snippet" aria-label={name}>
			<div className="row">
				<h3>{name}</h3>
				<button type="button" className="button small" onClick={copy}>
					<Icon name="copy" /> {t("export.copy")}
				</button>
				<span role="status" className="quiet small">
					{report}
				</span>
			</div>
			{/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
			<pre tabIndex={0}>
				<code>{code}</code>
			</pre>
		</section>
	);
}

interface Described {
	readonly name: string;
	readonly description: string;
	readonly type?: { readonly text: string };
	readonly default?: string;
}

function Table({ title, rows }: { readonly title: string; readonly rows: readonly Described[] }) {
	const typed = rows.some(({ type }) => type !== undefined);
	const defaults = rows.some((row) => row.default !== undefined);
	return (
		<section>
			<h3>{title}</h3>
			<div className="docs-table">
				<table>
					<thead>
						<tr>
							<th scope="col">{t("docs.name")}</th>
							{typed && <th scope="col">{t("docs.type")}</th>}
							{defaults && <th scope="col">{t("docs.default")}</th>}
							<th scope="col">{t("docs.description")}</th>
						</tr>
					</thead>
					<tbody>
						{rows.map(({ name, type, description, default: fallback }) => (
							<tr key={name}>
								<td>
									<code>{name || t("docs.unnamed")}</code>
								</td>
								{typed && (
									<td>
										<code>{type?.text}</code>
									</td>
								)}
								{defaults && <td>{fallback}</td>}
								<td>{description}</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
		</section>
	);
}

/** The element itself, with fields for its attributes. */
function Try({ example, onChange }: { readonly example: Example; readonly onChange: (example: Example) => void }) {
	const id = useId();
	return (
		<div className="docs-try">
			<div>
				<label htmlFor={`${id}-example`} className="field-label">
					{t("docs.example")}
				</label>
				<select id={`${id}-example`} onChange={(event) => onChange(EXAMPLES[event.target.value as ExampleName])}>
					{EXAMPLE_NAMES.map((name) => (
						<option key={name} value={name}>
							{t(`docs.${name}`)}
						</option>
					))}
				</select>
				{(["text", "tasks", "labels"] as const).map((field) => (
					<div key={field}>
						<label htmlFor={`${id}-${field}`} className="field-label">
							{field}
						</label>
						<input
							id={`${id}-${field}`}
							type="text"
							value={example[field]}
							onChange={(event) => onChange({ ...example, [field]: event.target.value })}
						/>
					</div>
				))}
			</div>
			<UmieExtractor
				trigger="manual"
				model={builtInUrl(LIGHT_MODEL)}
				text={example.text}
				tasks={example.tasks}
				labels={example.labels}
			/>
		</div>
	);
}

/** Every attribute, event, method, slot and style of the element, from its manifest. */
function Reference() {
	const [declaration] = customElementsManifest().modules[0]!.declarations;
	const { attributes, events, slots, cssParts, cssProperties, members } = declaration!;
	const methods = members.filter(({ kind }) => kind === "method");
	return (
		<div className="card">
			<h2>{t("docs.reference")}</h2>
			<Table title={t("docs.attributes")} rows={attributes} />
			<Table title={t("docs.eventList")} rows={events} />
			<Table title={t("docs.methods")} rows={methods} />
			<Table title={t("docs.slots")} rows={slots} />
			<Table title={t("docs.parts")} rows={cssParts} />
			<Table title={t("docs.customProperties")} rows={cssProperties} />
		</div>
	);
}

function Hosting() {
	return (
		<div className="card">
			<h2>{t("docs.hosting")}</h2>
			<p>{t("docs.hostingNeeds")}</p>
			<Snippet
				name={t("docs.policy")}
				code="script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' blob:"
			/>
			<p>
				{rich(
					pieces("docs.otherOrigin", {
						script: <code>{"script-src"}</code>,
						connect: <code>{"connect-src"}</code>,
						blob: <code>{"blob:"}</code>,
						worker: <code>{"worker-src"}</code>,
						hash: <code>{"sha384"}</code>,
						file: <code>{"integrity.json"}</code>,
					}),
				)}
			</p>
		</div>
	);
}

export function DocsView() {
	const [example, setExample] = useState<Example>(EXAMPLES.entitiesRelations);
	useEffect(defineUmieExtractor, []);
	return (
		<main className="docs" id="results" tabIndex={-1}>
			<div className="card">
				<h2>{t("docs.title")}</h2>
				<p>{rich(pieces("docs.about", { element: <code>{"<umie-extractor>"}</code> }))}</p>
				<Try example={example} onChange={setExample} />
				{Object.entries(snippets(example)).map(([name, code]) => (
					<Snippet key={name} name={name} code={code} />
				))}
			</div>
			<Reference />
			<Hosting />
		</main>
	);
}
