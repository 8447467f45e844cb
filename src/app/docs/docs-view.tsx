/**
 * The page for people who embed the element: a live example, snippets to copy, and a reference made from its manifest.
 */
import { useEffect, useId, useState } from "react";
import { LIGHT_MODEL } from "../../bundle/built-in.ts";
import { defineUmieExtractor } from "../../element/element.ts";
import { customElementsManifest } from "../../element/manifest.ts";
import { UmieExtractor } from "../../element/react.tsx";
import { Icon } from "../../ui/icons.tsx";
import { builtInUrl } from "../state/use-engine.ts";
import "./docs.css";

const HOST = "https://example.org/umie";

interface Example {
	readonly text: string;
	readonly tasks: string;
	readonly labels: string;
}

const EXAMPLES: Readonly<Record<string, Example>> = {
	"Entities and relations": {
		text: "Kyrie Irving and LeBron James celebrate with the Cavs in Cleveland",
		tasks: "mner,mre",
		labels: "",
	},
	Events: { text: "Protesters marched in Paris after police arrested two students", tasks: "mner,mee", labels: "" },
	"Your own labels": {
		text: "Taylor Swift plays two nights at Wembley in June",
		tasks: "mner",
		labels: "person, location",
	},
};

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
			() => setReport("Copied."),
			() => setReport("The browser did not allow copying."),
		);
	return (
		<section className="snippet" aria-label={name}>
			<div className="row">
				<h3>{name}</h3>
				<button type="button" className="button small" onClick={copy}>
					<Icon name="copy" /> Copy
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
							<th scope="col">Name</th>
							{typed && <th scope="col">Type</th>}
							{defaults && <th scope="col">Default</th>}
							<th scope="col">Description</th>
						</tr>
					</thead>
					<tbody>
						{rows.map(({ name, type, description, default: fallback }) => (
							<tr key={name}>
								<td>
									<code>{name || "(default)"}</code>
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
					Example
				</label>
				<select id={`${id}-example`} onChange={(event) => onChange(EXAMPLES[event.target.value]!)}>
					{Object.keys(EXAMPLES).map((name) => (
						<option key={name}>{name}</option>
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
			<h2>Reference</h2>
			<Table title="Attributes and properties" rows={attributes} />
			<Table title="Events" rows={events} />
			<Table title="Methods" rows={methods} />
			<Table title="Slots" rows={slots} />
			<Table title="CSS parts" rows={cssParts} />
			<Table title="CSS custom properties" rows={cssProperties} />
		</div>
	);
}

function Hosting() {
	return (
		<div className="card">
			<h2>Hosting and content security policy</h2>
			<p>The element needs no inline script or style. A strict content security policy must allow:</p>
			<Snippet
				name="Content security policy"
				code="script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; img-src 'self' blob:"
			/>
			<p>
				If you host the element on another origin, add that origin to <code>script-src</code> and{" "}
				<code>connect-src</code>, and <code>blob:</code> to <code>worker-src</code>. The build prints a{" "}
				<code>sha384</code> hash of every script, and <code>integrity.json</code> lists them.
			</p>
		</div>
	);
}

export function DocsView() {
	const [example, setExample] = useState<Example>(Object.values(EXAMPLES)[0]!);
	useEffect(defineUmieExtractor, []);
	return (
		<main className="docs" id="results" tabIndex={-1}>
			<div className="card">
				<h2>Use it on your own page</h2>
				<p>
					<code>&lt;umie-extractor&gt;</code> runs the extraction as an HTML element. It loads nothing until it is
					visible, and text and pictures stay in your visitors’ browsers. To host it, copy the package’s folder to any
					web server.
				</p>
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
