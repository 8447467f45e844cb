/** Tests that the extension reads the words and pictures of a feed in a real Firefox, and keeps what it read. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@playwright/test";
import { look as lookAround } from "./extension-page.ts";
import { type Firefox, findFirefox, startFirefox } from "./marionette.ts";
import { path } from "./page.ts";
import { feedPage, PICTURES } from "./replicas/pages.ts";

const binary = findFirefox();
test.skip(binary === null, "No Firefox is installed (Debian's package firefox-esr); UMIE_FIREFOX names one elsewhere.");

/** As strict as Mastodon's: no script, style or connection that the page does not name. */
const POLICY =
	"default-src 'none'; script-src 'nonce-own'; style-src 'nonce-own'; img-src http:; " +
	"connect-src 'self'; form-action 'none'";
/** The host of this picture does not let pages read it; the hosts of the others do. */
const PROTECTED = PICTURES[1];

/** A Mastodon server on this computer; its pictures come from another host. */
async function serveReplica(): Promise<Server> {
	const server = createServer(({ url }, response) => {
		const { port } = server.address() as AddressInfo;
		const picture = PICTURES.find((name) => url?.endsWith(`/${name}`));
		if (picture) {
			response.writeHead(200, {
				"content-type": "image/jpeg",
				...(picture !== PROTECTED && { "access-control-allow-origin": "*" }),
			});
			response.end(readFileSync(path(`./pictures/${picture}`)));
			return;
		}
		response.writeHead(200, { "content-type": "text/html", "content-security-policy": POLICY });
		const html = feedPage("mastodon", { count: 20 })
			.replace("<head>", '<head><meta name="generator" content="Mastodon">')
			.replaceAll("https://mastodon.social/", `http://127.0.0.1:${port}/`)
			.replace("<style>", '<style nonce="own">')
			.replaceAll("<script>", '<script nonce="own">');
		response.end(html);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return server;
}

/**
 * Firefox stops the background page of a silent extension after 30 seconds, here sooner; the extension's page sends a
 * message every 5.
 */
const IDLE_MS = 6000;

let firefox: Firefox;
let server: Server;
let feed: string;
/** Address of the extension's own pages. */
let own: string;

test.beforeAll(async () => {
	execFileSync("npx", ["--no-install", "tsx", "tools/scripts/extension/build.ts", "firefox", "--no-zip"], {
		cwd: path(".."),
		stdio: ["ignore", "ignore", "inherit"],
	});
	server = await serveReplica();
	feed = `http://localhost:${(server.address() as AddressInfo).port}/`;
	firefox = await startFirefox(binary ?? "", { "extensions.background.idle.timeout": IDLE_MS });
	own = await firefox.run("browser", allow, await firefox.install(installable()), "http://localhost/*");
	await firefox.open(`${own}options.html`);
	await firefox.run("page", switchOn, new URL(feed).host, "http://localhost/*");
});
test.afterAll(async () => {
	await firefox?.close();
	server?.closeAllConnections();
	server?.close();
});

/** The extension with this computer among the hosts that can be allowed: the replica is served from here. */
function installable(): string {
	const folder = mkdtempSync(join(tmpdir(), "umie-firefox-"));
	cpSync(path("../dist/extension-firefox"), folder, { recursive: true });
	const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Record<string, unknown>;
	const hosts = [...(manifest.optional_host_permissions as string[]), "http://localhost/*"];
	writeFileSync(join(folder, "manifest.json"), JSON.stringify({ ...manifest, optional_host_permissions: hosts }));
	return folder;
}

const look = () => firefox.run("beside", lookAround);

async function press(index: number): Promise<void> {
	await expect.poll(async () => (await look()).badges.length).toBeGreaterThan(index);
	const { x, y } = (await look()).badges[index]!;
	await firefox.click(x, y);
}

test("one click marks words, draws boxes and opens the card, under the strictest policy of a page", async () => {
	await firefox.open(feed);
	await press(0);
	await expect.poll(async () => (await look()).marked.slice(0, 3)).toEqual(["Kyrie Irving", "LeBron James", "Cavs"]);
	const seen = await look();
	expect(seen.card).toContain("Kyrie Irving\nperson");
	expect(seen.boxes.length).toBeGreaterThan(0);
	// Styles of the overlay are in force.
	expect(seen.badges[0]!.position).toBe("absolute");
	writeFileSync(path("./screenshots/extension-firefox.png"), await firefox.screenshot());
});

test("a picture nobody may read leaves the text, and the card says so", async () => {
	// The open card lies over the next button.
	await press(0);
	await expect.poll(async () => (await look()).card).toBeNull();
	await press(1);
	await expect.poll(async () => (await look()).card).toContain("does not allow reading its picture");
	expect((await look()).marked).toContain("Angela Merkel");
});

test("the side panel still has it when Firefox would have stopped a silent background page", async () => {
	await new Promise((resolve) => setTimeout(resolve, IDLE_MS + 2000));
	await firefox.open(`${own}panel.html`);
	await expect
		.poll(() => firefox.run("page", () => document.body.innerText))
		.toContain("Kyrie Irving and LeBron James");
});

/**
 * Answers "yes", in the browser's window, to the question whether a site may be read.
 * @returns the address of the extension's pages
 */
async function allow(id: string, origin: string): Promise<string> {
	const { ChromeUtils, WebExtensionPolicy } = globalThis as unknown as Insides;
	const { ExtensionPermissions } = ChromeUtils.importESModule("resource://gre/modules/ExtensionPermissions.sys.mjs");
	const policy = WebExtensionPolicy.getByID(id);
	await ExtensionPermissions.add(id, { permissions: [], origins: [origin] }, policy.extension);
	return policy.getURL("");
}

interface Insides {
	readonly ChromeUtils: {
		importESModule(name: string): {
			ExtensionPermissions: { add(id: string, granted: object, extension: object): Promise<void> };
		};
	};
	readonly WebExtensionPolicy: { getByID(id: string): { readonly extension: object; getURL(path: string): string } };
}

/** Runs in a page of the extension: what the popup stores. */
async function switchOn(key: string, origin: string): Promise<void> {
	const { browser } = globalThis as unknown as {
		browser: { storage: { local: { set(values: object): Promise<void> } } };
	};
	await browser.storage.local.set({ settings: { sites: { [key]: { name: key, origins: [origin], auto: false } } } });
}
