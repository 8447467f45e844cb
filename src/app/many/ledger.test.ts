/** States, counts and names are read back as they were noted. */
import { expect, test } from "vitest";
import { Ledger } from "./ledger.ts";

test("a post waits, is done with its counts and things, or failed", () => {
	const ledger = new Ledger(3);
	ledger.setDone(2, { entities: 3, relations: 1, events: 0 }, [7, 9]);
	ledger.setFailed(0);
	expect([0, 1, 2].map((place) => ledger.stateOf(place))).toEqual(["failed", "waiting", "done"]);
	expect([0, 1, 2].map((place) => ledger.countsOf(place))).toEqual([
		null,
		null,
		{ entities: 3, relations: 1, events: 0 },
	]);
	expect([7, 9, 0].map((thing) => ledger.names(2, thing))).toEqual([true, true, false]);
	expect(ledger.names(1, 7)).toBe(false);
	expect([ledger.total, ledger.done, ledger.failed]).toEqual([3, 1, 1]);
});

test("however many things posts name, each post keeps its own", () => {
	const ledger = new Ledger(200);
	for (let place = 0; place < 200; place++)
		ledger.setDone(place, { entities: 2, relations: 0, events: 0 }, [place, 1000 + place]);
	for (let place = 0; place < 200; place++) {
		expect(ledger.names(place, place)).toBe(true);
		expect(ledger.names(place, 1000 + place)).toBe(true);
		expect(ledger.names(place, place + 1)).toBe(false);
	}
});

test("a count beyond 65,535 stays the largest that is kept", () => {
	const ledger = new Ledger(1);
	ledger.setDone(0, { entities: 70_000, relations: 0, events: 0 }, []);
	expect(ledger.countsOf(0)?.entities).toBe(65_535);
});
