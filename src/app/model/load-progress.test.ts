/** Tests that a load is one figure that rises from nothing to all, whatever comes first. */
import { expect, test } from "vitest";
import type { Progress } from "../../client/protocol.ts";
import { createLoadProgress } from "./load-progress.ts";

const bytes = (stage: "runtime" | "download", done: number, total: number): Progress => ({
	stage,
	detail: "",
	done,
	total,
	unit: "bytes",
});
const steps = (stage: "verify" | "sessions", done: number, total: number): Progress => ({
	stage,
	detail: "",
	done,
	total,
	unit: "steps",
});

test("runtime and files are one sum, and sessions come last", () => {
	const load = createLoadProgress(true);
	expect(load(bytes("runtime", 5e6, 20e6))).toEqual({ stage: "load", share: 0, total: 0 });
	expect(load(bytes("download", 0, 30e6))).toEqual({ stage: "load", share: expect.closeTo(0.09), total: 50e6 });
	expect(load(bytes("runtime", 20e6, 20e6)).share).toBeCloseTo(0.36);
	expect(load(bytes("download", 30e6, 30e6)).share).toBeCloseTo(0.9);
	expect(load(steps("verify", 3, 4)).share).toBeCloseTo(0.9);
	expect(load(steps("sessions", 0, 7)).share).toBeCloseTo(0.93);
	expect(load(steps("sessions", 7, 7)).share).toBe(1);
});

test("it never falls, even where a total turns out to be larger", () => {
	const load = createLoadProgress(true);
	load(bytes("download", 30e6, 30e6));
	const before = load(bytes("runtime", 0, 0)).share;
	expect(load(bytes("runtime", 1, 27e6)).share).toBe(before);
	expect(load(bytes("runtime", 20e6, 27e6)).share).toBeGreaterThan(before);
});

test("where the runtime is there already, only files count", () => {
	const load = createLoadProgress(false);
	expect(load(bytes("download", 10e6, 40e6))).toEqual({ stage: "load", share: expect.closeTo(0.225), total: 40e6 });
});
