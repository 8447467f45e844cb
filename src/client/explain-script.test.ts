/** Tests that a missing script is told from a blocked one. */
import { afterEach, expect, test, vi } from "vitest";
import { explainScript } from "./explain-script.ts";

afterEach(() => vi.unstubAllGlobals());
const answer = (body: string, type: string, status = 200) =>
	vi.stubGlobal("fetch", async () => new Response(body, { status, headers: { "Content-Type": type } }));

test("an address without a script is a missing file", async () => {
	answer("", "text/plain", 404);
	expect(await explainScript("https://a.example/engine.worker.js")).toMatchObject({
		code: "assets-missing",
		what: "The script of the engine's thread is not at https://a.example/engine.worker.js.",
	});
});

test("a page in place of the script is a missing file", async () => {
	answer("<!doctype html>", "text/html; charset=utf-8");
	expect(await explainScript("https://a.example/x.js")).toMatchObject({ code: "assets-missing" });
});

test("a script that is there was blocked", async () => {
	answer("export {}", "text/javascript");
	expect(await explainScript("https://a.example/x.js")).toMatchObject({ code: "script-blocked" });
});

test("an address that cannot be fetched was blocked on its way", async () => {
	vi.stubGlobal("fetch", () => Promise.reject(new TypeError("Failed to fetch")));
	expect(await explainScript("https://a.example/x.js")).toMatchObject({ code: "script-blocked" });
});
