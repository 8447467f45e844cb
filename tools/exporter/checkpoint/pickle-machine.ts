/** The stack, the memo and the byte reader that a pickle's opcodes work with, all within limits. */

import { Failure } from "../../../src/core/failure.ts";
import { byteCount } from "./byte-count.ts";

/**
 * Deep enough for any dict of tensors: `MARK key value key value …` piles up 2,000 values, Python writes them in
 * batches.
 */
const MAX_STACK = 100_000;
const MAX_MEMO = 300_000;
const INTEGER_BYTES = 64;
/**
 * A state dict of FLAN-T5-XXL takes 30,000 steps, 100,000 with Adam's state; half a million of the worst take 0.5 s and
 * 110 MB.
 */
const MAX_STEPS = 500_000;

/** Lists, tuples and sets are arrays; dicts are maps, whatever their keys are called; None is null. */
export type PickleValue =
	| null
	| boolean
	| number
	| bigint
	| string
	| Uint8Array
	| PickleValue[]
	| Map<PickleValue, PickleValue>
	| PickleObject;

/** Something of the table of known names, or made from it. */
export interface PickleObject {
	readonly kind: string;
}

/** A name a pickle may ask for. `make` builds our own value from the arguments; without it the name is only a value. */
export interface KnownName extends PickleObject {
	readonly kind: "name";
	readonly name: string;
	readonly make: ((args: PickleValue[], bad: (what: string) => Failure) => PickleValue) | null;
}

export interface PickleNames {
	/** By qualified name, "collections.OrderedDict". */
	find(name: string): KnownName | undefined;
	/** What a persistent id stands for: in PyTorch always a storage. */
	persistent(id: PickleValue, bad: (what: string) => Failure): PickleValue;
	/** Gives an object its attributes. */
	build(target: PickleValue, state: PickleValue): void;
}

export class PickleMachine {
	readonly bytes: Uint8Array;
	readonly names: PickleNames;
	readonly fileName: string;
	readonly memo = new Map<number, PickleValue>();
	at: number;
	#steps = 0;
	readonly #view: DataView;
	readonly #stack: PickleValue[] = [];
	/** Heights of the stack. */
	readonly #marks: number[] = [];

	constructor(bytes: Uint8Array, start: number, names: PickleNames, fileName: string) {
		this.bytes = bytes;
		this.at = start;
		this.names = names;
		this.fileName = fileName;
		this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	}

	bad = (what: string): Failure => new Failure("checkpoint-format", `${this.fileName}: ${what}.`);

	/** Counts work. What costs more than one opcode, as copying a remembered list, counts as much as it costs. */
	spend(steps: number): void {
		this.#steps += steps;
		if (this.#steps > MAX_STEPS)
			throw this.bad(`its pickle takes more than ${MAX_STEPS} steps: no state dict needs that many`);
	}

	/** Moves past the next bytes. @returns where they start */
	skip(length: number): number {
		const start = this.at;
		if (!(length <= this.bytes.length - start)) throw this.bad(`its pickle ends early, at byte ${this.bytes.length}`);
		this.at += length;
		return start;
	}

	byte(): number {
		return this.#view.getUint8(this.skip(1));
	}

	uint16(): number {
		return this.#view.getUint16(this.skip(2), true);
	}

	int32(): number {
		return this.#view.getInt32(this.skip(4), true);
	}

	uint32(): number {
		return this.#view.getUint32(this.skip(4), true);
	}

	/** Past 2^53 inexact, and longer than any pickle. */
	uint64(): number {
		return Number(this.#view.getBigUint64(this.skip(8), true));
	}

	/** Big-endian, alone among pickle's numbers. */
	double(): number {
		return this.#view.getFloat64(this.skip(8), false);
	}

	take(length: number): Uint8Array {
		const start = this.skip(length);
		return this.bytes.subarray(start, start + length);
	}

	/** Little-endian two's complement. */
	integer(length: number): number | bigint {
		if (length > INTEGER_BYTES) throw this.bad(`its pickle holds an integer of ${byteCount(length)}`);
		let value = 0n;
		for (const byte of this.take(length).toReversed()) value = (value << 8n) | BigInt(byte);
		return narrow(BigInt.asIntN(length * 8, value));
	}

	/** The text up to the end of the line, as protocol 0 writes it. */
	line(): string {
		const end = this.bytes.indexOf(0x0a, this.at);
		if (end === -1) throw this.bad("a line of its pickle does not end");
		const line = this.latin1(end - this.at);
		this.at = end + 1;
		return line;
	}

	latin1(length: number): string {
		const { buffer, byteOffset } = this.take(length);
		return Buffer.from(buffer, byteOffset, length).toString("latin1");
	}

	text(length: number): string {
		const bytes = this.take(length);
		try {
			return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
		} catch {
			throw this.bad("a string of its pickle is not UTF-8");
		}
	}

	decimal(text: string): number | bigint {
		if (!/^[+-]?\d{1,150}$/.test(text))
			throw this.bad(`its pickle writes ${JSON.stringify(text.slice(0, 40))} for an integer`);
		return narrow(BigInt(text.replace("+", "")));
	}

	push(value: PickleValue): void {
		if (this.#stack.length >= MAX_STACK) throw this.bad(`its pickle stacks more than ${MAX_STACK} values`);
		this.#stack.push(value);
	}

	pop(): PickleValue {
		if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.bad("its pickle takes a value off an empty stack");
		return this.#stack.pop()!;
	}

	/** The top of the stack, left there. */
	top(): PickleValue {
		const value = this.pop();
		this.#stack.push(value);
		return value;
	}

	/** `count` values, the lowest first. */
	popMany(count: number): PickleValue[] {
		const height = this.#stack.length - count;
		if (height < (this.#marks.at(-1) ?? 0)) throw this.bad("its pickle takes a value off an empty stack");
		return this.#stack.splice(height);
	}

	mark(): void {
		if (this.#marks.length >= MAX_STACK) throw this.bad(`its pickle sets more than ${MAX_STACK} marks`);
		this.#marks.push(this.#stack.length);
	}

	/** Everything above the last mark, the lowest first. */
	popMark(): PickleValue[] {
		const height = this.#marks.pop();
		if (height === undefined) throw this.bad("its pickle returns to a mark that was never set");
		return this.#stack.splice(height);
	}

	/** Protocol 0 has an opcode that removes a value or, where nothing lies above it, the mark. */
	popOrUnmark(): void {
		if (this.#marks.at(-1) === this.#stack.length) this.#marks.pop();
		else this.pop();
	}

	remember(index: number | bigint): void {
		if (!Number.isSafeInteger(index) || (index as number) < 0)
			throw this.bad(`its pickle remembers a value as number ${index}`);
		if (this.memo.size >= MAX_MEMO) throw this.bad(`its pickle remembers more than ${MAX_MEMO} values`);
		this.memo.set(index as number, this.top());
	}

	recall(index: number | bigint): void {
		const value = this.memo.get(index as number);
		if (value === undefined) throw this.bad(`its pickle recalls value ${index}, which it never remembered`);
		this.push(value);
	}

	/** @throws Failure that names what the file asks for */
	find(module: PickleValue, name: PickleValue): KnownName {
		const wanted =
			typeof module === "string" && typeof name === "string" ? `${module}.${name}` : "a name that is not text";
		const known = this.names.find(wanted);
		if (known === undefined) throw this.bad(`the file asks to call ${printable(wanted)}: refused`);
		return known;
	}

	/** Builds our own value in place of the call a pickle asks for. */
	make(callable: PickleValue, args: PickleValue): PickleValue {
		if (!isKnownName(callable) || callable.make === null)
			throw this.bad(
				`the file asks to call ${isKnownName(callable) ? callable.name : "a value that is not a function"}: refused`,
			);
		if (!Array.isArray(args)) throw this.bad(`the arguments of ${callable.name} are not a tuple`);
		this.spend(args.reduce((sum: number, arg) => sum + (Array.isArray(arg) ? arg.length : 1), 0));
		return callable.make(args, this.bad);
	}
}

function narrow(value: bigint): number | bigint {
	const number = Number(value);
	return Number.isSafeInteger(number) ? number : value;
}

/** A name from a file, fit for a terminal. */
function printable(name: string): string {
	return name.replaceAll(/[^\x20-\x7e]/g, "?").slice(0, 200);
}

function isKnownName(value: PickleValue): value is KnownName {
	return typeof value === "object" && value !== null && "kind" in value && value.kind === "name";
}
