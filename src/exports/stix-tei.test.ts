/** STIX 2.1 and TEI: what every object must have, ids that agree, and markup that an XML reader takes apart again. */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { parseXml } from "../../tools/evaluator/import/xml.ts";
import { FORMATS } from "./formats.ts";
import { HARD, ITEM } from "./testing.ts";
import type { ExportItem } from "./types.ts";

interface StixObject extends Record<string, unknown> {
	readonly type: string;
	readonly id: string;
}
const ID = /^[a-z][a-z0-9-]+[a-z0-9]--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const stix = (...items: ExportItem[]) =>
	JSON.parse(FORMATS.stix.write(items)[0]!.text) as { readonly id: string; readonly objects: readonly StixObject[] };

test("STIX: every reference leads to an object of the bundle, also for random posts", async () => {
	const check = (item: ExportItem) => {
		const { id, objects } = stix(item);
		const ids = objects.map((object) => object.id);
		expect([id, ...ids].filter((one) => !ID.test(one))).toEqual([]);
		expect(new Set(ids).size).toBe(ids.length);
		for (const object of objects) {
			expect(object).toMatchObject({ spec_version: "2.1", created: expect.any(String), modified: expect.any(String) });
			const refs = [object.source_ref, object.target_ref, ...((object.object_refs as string[] | undefined) ?? [])];
			for (const ref of refs) if (ref !== undefined) expect(ids).toContain(ref);
			if (object.type === "relationship") expect(object.relationship_type).toMatch(/^[a-z0-9-]+$/);
		}
	};
	check(HARD);
	await fc.assert(fc.property(ITEM, check), { numRuns: 50, seed: 3 });
});

test("STIX: a person is an individual, an organisation one, and the relation joins them", () => {
	const { objects } = stix(HARD);
	const named = (name: string) => objects.find((object) => object.name === name);
	expect(named("Zoë")).toMatchObject({ type: "identity", identity_class: "individual" });
	expect(named("England")).toMatchObject({ type: "location", region: "England" });
	expect(objects.find(({ type }) => type === "relationship")).toMatchObject({
		relationship_type: "place-of-residence",
		source_ref: named("Zoë")!.id,
		confidence: 25,
	});
	expect(objects.find(({ type }) => type === "note")).toMatchObject({ content: HARD.result.text });
});

test("TEI: names stand in the text, every pointer leads to an id, also for random posts", async () => {
	const check = (item: ExportItem) => {
		const { text } = FORMATS.tei.write([item])[0]!;
		const ids = [...text.matchAll(/xml:id="([^"]+)"/g)].map(([, id]) => id!);
		expect(new Set(ids).size).toBe(ids.length);
		const pointers = [...text.matchAll(/(?:target|active|passive|from|to|corresp)="#([^"]+)"/g)].map(([, id]) => id!);
		expect(pointers.filter((id) => !ids.includes(id))).toEqual([]);
		expect(() => parseXml(text)).not.toThrow();
	};
	check(HARD);
	expect(FORMATS.tei.write([HARD])[0]!.text).toMatch(/<persName xml:id="p1\.1" type="person">Zoë<\/persName>/);
	await fc.assert(fc.property(ITEM, check), { numRuns: 50, seed: 4 });
});
