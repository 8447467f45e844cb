/** The view "About": the licence, the cards and notices of the models, and the notices of third parties. */
import { useEffect, useState } from "react";
import { BUILT_IN_MODELS } from "../../bundle/built-in.ts";
import type { Manifest } from "../../bundle/manifest.ts";
import { t } from "../../messages/app.ts";
import { builtInUrl, peekManifest } from "../state/use-engine.ts";
import "./about.css";

/** Written beside the page by the build (tools/scripts/vite/licences.ts). */
const LICENCE = "LICENSE.txt";
const NOTICES = "THIRD-PARTY-NOTICES.txt";

/** What a promise brought, null until then and where it failed. */
function useLoaded<Value>(load: (signal: AbortSignal) => Promise<Value>, key: string): Value | null | "failed" {
	const [value, setValue] = useState<Value | null | "failed">(null);
	// biome-ignore lint/correctness/useExhaustiveDependencies: `key` stands for everything that `load` reads
	useEffect(() => {
		const abort = new AbortController();
		load(abort.signal).then(setValue, () => {
			if (!abort.signal.aborted) setValue("failed");
		});
		return () => abort.abort();
	}, [key]);
	return value;
}

function Model({ name }: { readonly name: string }) {
	const url = builtInUrl(name);
	const manifest = useLoaded<Manifest>((signal) => peekManifest({ kind: "url", url }, signal), url);
	const license = manifest === null || manifest === "failed" ? null : manifest.license;
	return (
		<li>
			<b>{name}</b>
			{license && <p lang="en">{license}</p>}
			<p>
				<a href={`${url}README.md`}>{t("about.card")}</a>
			</p>
		</li>
	);
}

async function readNotices(signal: AbortSignal): Promise<string> {
	const response = await fetch(new URL(NOTICES, document.baseURI), { signal });
	const type = response.headers.get("content-type") ?? "";
	// A host that answers everything with its page has no such file.
	if (!response.ok || type.includes("html")) throw new Error(`${NOTICES}: status ${response.status}`);
	return await response.text();
}

function Notices() {
	const notices = useLoaded(readNotices, NOTICES);
	if (notices === null) return <p role="status">{t("page.loading")}</p>;
	if (notices === "failed") return <p role="alert">{t("about.failed", { file: NOTICES })}</p>;
	return (
		// biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
		<section className="about-notices" lang="en" tabIndex={0} aria-label={t("about.parts")}>
			{notices}
		</section>
	);
}

export function AboutView() {
	const [open, setOpen] = useState(false);
	return (
		<main className="about" id="results" tabIndex={-1}>
			<h2>{t("about.title")}</h2>
			<p>
				{t("about.project")} <a href={LICENCE}>{t("about.licence")}</a>
			</p>
			<h3>{t("about.models")}</h3>
			<ul>
				{BUILT_IN_MODELS.map(({ name }) => (
					<Model key={name} name={name} />
				))}
			</ul>
			<details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
				<summary>{t("about.parts")}</summary>
				{open && <Notices />}
			</details>
		</main>
	);
}
