/**
 * Reads a Python pickle, protocols 0 to 5, as plain values. The machine can build lists, dicts and the few objects of a
 * given table; it calls nothing, imports nothing, and refuses every other name. Opcodes:
 * https://github.com/python/cpython/blob/main/Lib/pickletools.py
 */

import { PickleMachine, type PickleNames, type PickleValue } from "./pickle-machine.ts";
import { OPCODES } from "./pickle-opcodes.ts";

const STOP = 0x2e;

/**
 * @param start where the pickle begins in `bytes`
 * @returns the value, and where the pickle ends
 * @throws Failure `checkpoint-format`
 */
export function readPickle(
	bytes: Uint8Array,
	names: PickleNames,
	fileName: string,
	start = 0,
): { readonly value: PickleValue; readonly end: number } {
	const machine = new PickleMachine(bytes, start, names, fileName);
	for (;;) {
		machine.spend(1);
		const at = machine.at;
		const opcode = machine.byte();
		if (opcode === STOP) return { value: machine.pop(), end: machine.at };
		const step = OPCODES.get(opcode);
		if (step === undefined)
			throw machine.bad(`byte ${at} of its pickle is 0x${opcode.toString(16)}, which is not a known opcode`);
		step(machine);
	}
}
