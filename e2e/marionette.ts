/**
 * Starts a fresh Firefox without a window and drives it by Marionette, the protocol it speaks itself: Playwright's own
 * Firefox takes no extensions.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PLACES = [
	"/usr/bin/firefox-esr",
	"/usr/bin/firefox",
	"/usr/lib/firefox/firefox",
	"/Applications/Firefox.app/Contents/MacOS/firefox",
];

/** An installed Firefox, `UMIE_FIREFOX` first; null: there is none. */
export function findFirefox(): string | null {
	const named = process.env.UMIE_FIREFOX;
	if (named && !existsSync(named))
		throw new Error(`UMIE_FIREFOX names ${named}, which does not exist: correct it or unset it.`);
	return named || (PLACES.find((place) => existsSync(place)) ?? null);
}

/**
 * Where a script runs: in the page as an outsider who sees closed shadow roots, in the page itself, or in the browser's
 * own window.
 */
type Where = "beside" | "page" | "browser";

export interface Firefox {
	readonly version: string;
	/** @returns the add-on's id; gone when the browser closes */
	install(folder: string): Promise<string>;
	open(url: string): Promise<void>;
	/** @param work runs over there, so it knows nothing but `args` */
	run<Args extends readonly unknown[], Value>(
		where: Where,
		work: (...args: Args) => Value | Promise<Value>,
		...args: Args
	): Promise<Value>;
	/** @param x y window coordinates of the page, in CSS pixels */
	click(x: number, y: number): Promise<void>;
	/** PNG */
	screenshot(): Promise<Buffer>;
	close(): Promise<void>;
}

/** The browser asks no questions, and does nothing by itself. */
const PREFERENCES = {
	"app.update.enabled": false,
	"browser.shell.checkDefaultBrowser": false,
	"browser.startup.page": 0,
	"datareporting.policy.dataSubmissionEnabled": false,
	"extensions.getAddons.cache.enabled": false,
	"extensions.update.enabled": false,
	"network.captive-portal-service.enabled": false,
	"network.connectivity-service.enabled": false,
	"toolkit.telemetry.reportingpolicy.firstRun": false,
	// A free port, which is then written into the profile.
	"marionette.port": 0,
} as const;

export type Preferences = Readonly<Record<string, string | number | boolean>>;

export async function startFirefox(binary: string, preferences: Preferences = {}): Promise<Firefox> {
	const profile = mkdtempSync(join(tmpdir(), "umie-firefox-"));
	const lines = Object.entries({ ...PREFERENCES, ...preferences }).map(
		([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
	);
	writeFileSync(join(profile, "user.js"), lines.join("\n"));
	const child = spawn(
		binary,
		["--headless", "--marionette", "--remote-allow-system-access", "--no-remote", "--profile", profile],
		{
			stdio: "ignore",
			env: { ...process.env, MOZ_HEADLESS_WIDTH: "1100", MOZ_HEADLESS_HEIGHT: "1000" },
		},
	);
	const end = async () => {
		await ended(child);
		rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
	};
	try {
		const wire = await createWire(await portOf(profile, child));
		const { capabilities } = (await wire.send("WebDriver:NewSession", {})) as {
			capabilities: { browserVersion: string };
		};
		return {
			version: capabilities.browserVersion,
			...commands(wire),
			close: () => wire.send("Marionette:Quit", { flags: ["eForceQuit"] }).then(end),
		};
	} catch (error) {
		child.kill("SIGKILL");
		await end();
		throw error;
	}
}

function commands({ send }: Wire): Omit<Firefox, "version" | "close"> {
	const answerOf = async (answer: Promise<unknown>) => ((await answer) as { value: unknown }).value;
	return {
		install: async (path) => (await answerOf(send("Addon:Install", { path, temporary: true }))) as string,
		open: async (url) => void (await send("WebDriver:Navigate", { url })),
		async run(where, work, ...args) {
			await send("Marionette:SetContext", { value: where === "browser" ? "chrome" : "content" });
			try {
				return (await answerOf(
					send("WebDriver:ExecuteScript", {
						script: `return (${work})(...arguments)`,
						args,
						...(where === "beside" && { sandbox: "system" }),
					}),
				)) as never;
			} finally {
				await send("Marionette:SetContext", { value: "content" });
			}
		},
		async click(x, y) {
			const actions = [
				{ type: "pointerMove", x: Math.round(x), y: Math.round(y) },
				{ type: "pointerDown", button: 0 },
				{ type: "pointerUp", button: 0 },
			];
			await send("WebDriver:PerformActions", {
				actions: [{ type: "pointer", id: "mouse", parameters: { pointerType: "mouse" }, actions }],
			});
		},
		screenshot: async () =>
			Buffer.from((await answerOf(send("WebDriver:TakeScreenshot", { full: false }))) as string, "base64"),
	};
}

const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

async function portOf(profile: string, child: ChildProcess): Promise<number> {
	const file = join(profile, "MarionetteActivePort");
	for (let tries = 0; tries < 600 && child.exitCode === null; tries++) {
		const port = existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
		if (port > 0) return port;
		await pause(50);
	}
	throw new Error("Firefox did not start, or does not speak Marionette.");
}

function ended(child: ChildProcess): Promise<void> {
	return new Promise((resolve) => {
		if (child.exitCode !== null || child.signalCode !== null) return resolve();
		const timer = setTimeout(() => child.kill("SIGKILL"), 5000);
		child.once("exit", () => {
			clearTimeout(timer);
			resolve();
		});
	});
}

interface Wire {
	send(command: string, parameters: object): Promise<unknown>;
}

/** Messages are JSON behind their length in bytes: `23:[0, 1, "command", {}]` there, `[1, 1, error, value]` back. */
function createWire(port: number): Promise<Wire> {
	const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
	let sent = 0;
	let bytes: Buffer = Buffer.alloc(0);
	const hear = (message: unknown): void => {
		// The greeting is not an array.
		if (!Array.isArray(message)) return;
		const [, id, error, value] = message as [number, number, { error: string; message: string } | null, unknown];
		const one = waiting.get(id);
		waiting.delete(id);
		if (error) one?.reject(new Error(`${error.error}: ${error.message}`));
		else one?.resolve(value);
	};
	const read = (chunk: Buffer): void => {
		bytes = Buffer.concat([bytes, chunk]);
		for (;;) {
			const colon = bytes.indexOf(":");
			const end = colon + 1 + Number(bytes.subarray(0, colon));
			if (colon < 0 || bytes.length < end) return;
			hear(JSON.parse(bytes.toString("utf8", colon + 1, end)));
			bytes = bytes.subarray(end);
		}
	};
	return new Promise((resolve, reject) => {
		const socket: Socket = connect(port, "127.0.0.1", () =>
			resolve({
				send(command, parameters) {
					const id = ++sent;
					const text = JSON.stringify([0, id, command, parameters]);
					return new Promise((done, failed) => {
						waiting.set(id, { resolve: done, reject: failed });
						socket.write(`${Buffer.byteLength(text)}:${text}`);
					});
				},
			}),
		);
		socket.on("data", read);
		socket.on("error", reject);
		socket.on("close", () => {
			for (const { reject: fail } of waiting.values()) fail(new Error("Firefox has gone."));
			waiting.clear();
		});
	});
}
