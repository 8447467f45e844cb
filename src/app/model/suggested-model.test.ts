/** Which devices get the light model unless a person chooses. */
import { expect, test } from "vitest";
import { DEFAULT_MODEL, LIGHT_MODEL } from "../../bundle/built-in.ts";
import { type DeviceHints, suggestModel } from "./suggested-model.ts";

test.each<[string, DeviceHints, string]>([
	["a phone with 2 GB, however many cores it has", { memory: 2, cores: 8 }, "2 GB of memory and 8 processor cores"],
	["a phone with half a GB whose cores are not told", { memory: 0.5 }, "0.5 GB of memory"],
	["a computer with 4 GB and 2 cores", { memory: 4, cores: 2 }, "4 GB of memory and 2 processor cores"],
	["one core, whatever the memory", { memory: 8, cores: 1 }, "8 GB of memory and 1 processor core"],
	["one core where the memory is not told", { cores: 1 }, "1 processor core"],
])("%s is slow", (_, hints, slow) => {
	expect(suggestModel(hints)).toEqual({ name: LIGHT_MODEL, slow });
});

test.each<[string, DeviceHints]>([
	["an iPhone, which tells 2 cores and no memory", { cores: 2 }],
	["a computer with 2 cores and 8 GB", { memory: 8, cores: 2 }],
	["a phone with 4 GB and 8 cores", { memory: 4, cores: 8 }],
	["a browser that tells nothing", {}],
])("%s is not slow", (_, hints) => {
	expect(suggestModel(hints)).toEqual({ name: DEFAULT_MODEL, slow: null });
});
