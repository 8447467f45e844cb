/**
 * Tests the built package's <umie-extractor> on other people's pages: from another origin, under a policy, in a
 * sandbox, in React, from the tarball.
 */
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { expect, type Page, test } from "@playwright/test";
import type { ExtractionResult } from "../src/core/result.ts";
import { type Site, type SiteOptions, site } from "./element/sites.ts";
import { expectAccessible, path } from "./page.ts";

const ROOT = path("..");
const PACKAGE = path("../dist/element");
const CONSUMER = path("../.cache/consumer");
const TEXT = "Kyrie Irving and LeBron James celebrate with the Cavs in Cleveland";
const run = (program: string, args: readonly string[], cwd = ROOT) =>
	execFileSync(program, args, { cwd, stdio: "pipe", encoding: "utf8" });

let cdn: Site;
const open: Site[] = [];

test.beforeAll(async () => {
	test.setTimeout(240_000);
	run("npx", ["vite", "build", "-c", "vite.element.config.ts", "--logLevel", "error"]);
	run("npx", ["tsc", "-b"]);
	run("npx", ["tsx", "tools/scripts/element/package.ts"]);
	cdn = await site({
		folders: { "/umie/": PACKAGE },
		headers: { "Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin" },
	});
});
test.afterAll(async () => {
	for (const one of [...open, cdn]) await one.close();
});

async function visit(page: Page, html: string, options: Omit<SiteOptions, "pages"> = {}): Promise<Site> {
	const made = await site({
		...options,
		pages: { "/": `<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>${html}</main></html>` },
	});
	open.push(made);
	await page.goto(`${made.origin}/`);
	return made;
}

const element = (page: Page) => page.locator("umie-extractor");
const resultOf = (page: Page): Promise<ExtractionResult> =>
	element(page).evaluate(
		(host) =>
			new Promise<ExtractionResult>((resolve, reject) => {
				const { result } = host as unknown as { result: ExtractionResult | null };
				if (result) resolve(result);
				host.addEventListener("umie-result", (event) => resolve((event as CustomEvent<ExtractionResult>).detail));
				host.addEventListener("umie-error", (event) =>
					reject(new Error(JSON.stringify((event as CustomEvent).detail))),
				);
			}),
	);
const names = ({ entities }: ExtractionResult) => entities.map(({ text }) => text);
const script = (origin: string) => `<script type="module" src="${origin}/umie/umie-extractor.js"></script>`;
const FOUND = expect.arrayContaining(["Kyrie Irving", "LeBron James", "Cleveland"]);

test("from another origin, without framework or isolation: a text gives a result, a form value and marks", async ({
	page,
}) => {
	await visit(
		page,
		`${script(cdn.origin)}<form id="form"><umie-extractor name="found" tasks="mner">${TEXT}</umie-extractor></form>`,
	);
	expect(names(await resultOf(page))).toEqual(FOUND);
	await expect(
		element(page)
			.getByRole("button", { name: /Kyrie Irving/ })
			.first(),
	).toBeVisible();
	const sent = await page.evaluate(() => String(new FormData(document.querySelector("form")!).get("found")));
	expect(names(JSON.parse(sent))).toEqual(FOUND);
	await page.evaluate(() => document.querySelector("form")!.reset());
	expect(await page.evaluate(() => new FormData(document.querySelector("form")!).get("found"))).toBeNull();
	await expect(page.getByText(TEXT)).toBeVisible();
});

test("a picture from the page's own origin is read; attributes mirror properties; it fits dark and phone", async ({
	page,
}) => {
	await visit(
		page,
		`${script(cdn.origin)}<umie-extractor src="pictures/basketball.jpg" text="${TEXT}"></umie-extractor>`,
		{
			folders: { "/pictures/": path("./pictures") },
		},
	);
	const result = await resultOf(page);
	expect(result.image).not.toBeNull();
	await expect(element(page).getByAltText("From the post")).toBeVisible();
	await expectAccessible(page);
	await page.screenshot({ path: path("./screenshots/element-light.png"), fullPage: true });
	await page.emulateMedia({ colorScheme: "dark" });
	await page.addStyleTag({ content: ":root { color-scheme: light dark; background: Canvas }" });
	await page.screenshot({ path: path("./screenshots/element-dark.png"), fullPage: true });
	await page.setViewportSize({ width: 390, height: 800 });
	await page.screenshot({ path: path("./screenshots/element-phone.png"), fullPage: true });
	const shown = await element(page).evaluate((host) => {
		const extractor = host as unknown as { tasks: string | null; disabled: boolean; beams: unknown };
		extractor.tasks = "mner";
		extractor.beams = 2;
		extractor.disabled = true;
		return [host.getAttribute("tasks"), host.getAttribute("beams"), host.hasAttribute("disabled")];
	});
	expect(shown).toEqual(["mner", "2", true]);
});

test("under a strict policy of the page's own, with the documented addition, nothing is refused", async ({ page }) => {
	const refused: string[] = [];
	page.on("console", (message) => {
		if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
	});
	await visit(
		page,
		`<script type="module" src="/umie/umie-extractor.js"></script>
		<umie-extractor tasks="mner">${TEXT}</umie-extractor>`,
		{
			folders: { "/umie/": PACKAGE },
			headers: {
				"Content-Security-Policy":
					"default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
					"img-src 'self' blob:; style-src 'self'",
			},
		},
	);
	expect(names(await resultOf(page))).toEqual(FOUND);
	await expect(
		element(page)
			.getByRole("button", { name: /Kyrie Irving/ })
			.first(),
	).toBeVisible();
	expect(refused).toEqual([]);
});

test("in a sandboxed frame, which has no origin and no storage", async ({ page }) => {
	const inner = `<script type=module src=${cdn.origin}/umie/umie-extractor.js></script>
		<umie-extractor tasks=mner>${TEXT}</umie-extractor>`;
	await visit(
		page,
		`<iframe title="Sandbox" sandbox="allow-scripts" width="900" height="500"
			srcdoc="${inner.replaceAll('"', "&quot;")}"></iframe>`,
	);
	await expect(
		page
			.frameLocator("iframe")
			.getByRole("button", { name: /Kyrie Irving/ })
			.first(),
	).toBeVisible();
});

test("several on one page share one worker and one model; one that is taken out is cancelled", async ({ page }) => {
	const workers: string[] = [];
	page.on("worker", (worker) => workers.push(worker.url()));
	const one = (text: string) => `<umie-extractor trigger="load" tasks="mner">${text}</umie-extractor>`;
	const before = cdn.requested.length;
	await visit(
		page,
		`${script(cdn.origin)}${[TEXT, "Messi plays in Paris", "Angela Merkel visits Tokyo"].map(one).join("")}`,
	);
	await element(page)
		.nth(2)
		.evaluate((host) => host.remove());
	for (const [at, name] of [/Kyrie Irving/, /Paris/].entries())
		await expect(element(page).nth(at).getByRole("button", { name }).first()).toBeVisible();
	expect(workers).toHaveLength(1);
	expect(cdn.requested.slice(before).filter((path) => path.endsWith("umie.json"))).toHaveLength(1);
});

test("hostile attributes are text: nothing runs, and the element says what is wrong", async ({ page }) => {
	const bad = `<img src=x onerror=&quot;window.hacked=1&quot;>`;
	await visit(
		page,
		`${script(cdn.origin)}<umie-extractor trigger="load" text="${bad} Kyrie Irving" tasks="mner"
			labels="{&quot;__proto__&quot;:1}"></umie-extractor>`,
	);
	await expect(element(page).getByRole("alert")).toContainText("labels:");
	await element(page).evaluate((host) => host.removeAttribute("labels"));
	expect((await resultOf(page)).text).toContain("<img src=x");
	await element(page).evaluate((host) => host.setAttribute("src", "javascript:window.hacked=1"));
	await expect(element(page).getByRole("alert")).toContainText("could not be fetched");
	await element(page).evaluate((host) => {
		host.removeAttribute("src");
		host.setAttribute("tasks", "everything<script>");
	});
	await expect(element(page).getByRole("alert")).toContainText("tasks must be some of");
	await element(page).evaluate((host) => {
		host.removeAttribute("tasks");
		host.setAttribute("model", "/nowhere/");
	});
	await expect(element(page).getByRole("alert")).toContainText(/nowhere/);
	await expect(element(page).getByRole("button", { name: "Try again" })).toBeVisible();
	expect(await page.evaluate(() => "hacked" in window)).toBe(false);
});

test("a button starts it where the trigger is manual, and cancels it; nothing is loaded before", async ({ page }) => {
	const before = cdn.requested.length;
	await visit(page, `${script(cdn.origin)}<umie-extractor trigger="manual" tasks="mner">${TEXT}</umie-extractor>`);
	await expect(element(page).getByRole("button", { name: "Extract" })).toBeVisible();
	expect(cdn.requested.slice(before).filter((path) => /worker|wasm|weights/.test(path))).toEqual([]);
	await element(page).getByRole("button", { name: "Extract" }).press("Enter");
	await element(page).getByRole("button", { name: "Cancel" }).press("Enter");
	await expect(element(page).getByText("Cancelled.")).toBeVisible();
	await element(page).getByRole("button", { name: "Extract" }).press("Enter");
	await expect(
		element(page)
			.getByRole("button", { name: /Kyrie Irving/ })
			.first(),
	).toBeVisible();
});

/** Somebody else's project: the tarball, React 19, TypeScript, Vite, and none of this repository's sources. */
function makeConsumer(): void {
	rmSync(CONSUMER, { recursive: true, force: true });
	const installed = `${CONSUMER}/node_modules/umie-web`;
	mkdirSync(installed, { recursive: true });
	run("npm", ["pack", "--silent", "--pack-destination", CONSUMER], PACKAGE);
	const [tarball] = readdirSync(CONSUMER).filter((name) => name.endsWith(".tgz"));
	run("tar", ["-xzf", `${CONSUMER}/${tarball}`, "-C", installed, "--strip-components=1"]);
	cpSync(installed, `${CONSUMER}/public/umie`, { recursive: true });
	const files = {
		"package.json": JSON.stringify({ name: "consumer", private: true, type: "module" }),
		"tsconfig.json": JSON.stringify({
			compilerOptions: {
				strict: true,
				module: "ESNext",
				moduleResolution: "Bundler",
				target: "ES2022",
				lib: ["ES2022", "DOM"],
				jsx: "react-jsx",
				types: [],
				noEmit: true,
			},
			include: ["main.tsx"],
		}),
		"index.html": `<!doctype html><html lang="en"><title>Consumer</title><div id="root"></div>
			<script type="module" src="./main.tsx"></script></html>`,
		"main.tsx": `
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { createExtractor, type ExtractionResult, setAssets } from "umie-web";
import { parseManifest } from "umie-web/bundle";
import "umie-web/element";
import { UmieExtractor } from "umie-web/react";

setAssets("./umie/");

function Page() {
	const [found, setFound] = useState<readonly string[]>([]);
	const [alone, setAlone] = useState("");
	const onResult = ({ entities }: ExtractionResult) => setFound(entities.map(({ text }) => text));
	const onClick = async () => {
		const extractor = createExtractor({ device: "wasm" });
		const { entities } = await extractor.extract({ text: "Messi plays in Paris" }, { tasks: ["mner"] });
		extractor.close();
		const manifest = parseManifest(await (await fetch("./umie/models/umie-nano/umie.json")).json());
		setAlone([manifest.name, ...entities.map(({ text }) => text)].join(" "));
	};
	return (
		<>
			<UmieExtractor
				tasks="mner"
				trigger="load"
				text=${JSON.stringify(TEXT)}
				onResult={onResult}
				onError={({ what }) => setAlone(what)}
			/>
			<p id="found">{found.join(", ")}</p>
			<button type="button" onClick={onClick}>alone</button>
			<p id="alone">{alone}</p>
		</>
	);
}

createRoot(document.getElementById("root")!).render(<Page />);
`,
	};
	for (const [name, content] of Object.entries(files)) writeFileSync(`${CONSUMER}/${name}`, content);
}

test("a React 19 project made from the tarball alone compiles, builds and runs", async ({ page }) => {
	makeConsumer();
	run("npx", ["tsc", "-p", CONSUMER]);
	run("npx", ["vite", "build", "--base", "./", "--logLevel", "error"], CONSUMER);
	const made = await site({ folders: { "/": `${CONSUMER}/dist` } });
	open.push(made);
	await page.goto(`${made.origin}/index.html`);
	await expect(page.locator("#found")).toContainText("Kyrie Irving");
	await page.getByRole("button", { name: "alone" }).click();
	await expect(page.locator("#alone")).toHaveText(/umie-nano.*Paris/);
});

test("the build prints an integrity hash of every script, and the page's element loads under it", async ({ page }) => {
	const hashes = JSON.parse(readFileSync(`${PACKAGE}/integrity.json`, "utf8")) as Record<string, string>;
	expect(Object.keys(hashes).sort()).toEqual(
		readdirSync(PACKAGE)
			.filter((name) => /\.m?js$/.test(name))
			.sort(),
	);
	const integrity = hashes["umie-extractor.js"]!;
	const tag = (hash: string) =>
		`<script type="module" crossorigin integrity="${hash}" src="${cdn.origin}/umie/umie-extractor.js"></script>
		<umie-extractor trigger="manual">x</umie-extractor>`;
	await visit(page, tag(integrity));
	await expect(element(page).getByRole("button", { name: "Extract" })).toBeVisible();
	await visit(page, tag(integrity.replace(/.{8}$/, "AAAAAAA=")));
	await expect(element(page).getByRole("button")).toHaveCount(0);
});
