/** The table of pickle opcodes: what each byte does to the machine. */
import type { PickleMachine, PickleValue } from "./pickle-machine.ts";

type Step = (machine: PickleMachine) => void;

const NEWEST_PROTOCOL = 5;

function pushes(read: (machine: PickleMachine) => PickleValue): Step {
	return (machine) => machine.push(read(machine));
}

function refuses(what: string): Step {
	return (machine) => {
		throw machine.bad(`its pickle uses ${what}: refused`);
	};
}

function dictFrom(
	machine: PickleMachine,
	items: readonly PickleValue[],
	into = new Map<PickleValue, PickleValue>(),
): Map<PickleValue, PickleValue> {
	if (items.length % 2 !== 0) throw machine.bad("its pickle sets a key without a value");
	for (let i = 0; i < items.length; i += 2) into.set(items[i]!, items[i + 1]!);
	return into;
}

function setItems(machine: PickleMachine, items: readonly PickleValue[]): void {
	const target = machine.top();
	if (!(target instanceof Map)) throw machine.bad("its pickle sets a key of something that is not a dict");
	dictFrom(machine, items, target);
}

function append(machine: PickleMachine, items: readonly PickleValue[]): void {
	const target = machine.top();
	if (!Array.isArray(target)) throw machine.bad("its pickle appends to something that is not a list");
	for (const item of items) target.push(item);
}

function build(machine: PickleMachine): void {
	const state = machine.pop();
	machine.names.build(machine.top(), state);
}

/** "I01" and "I00" are how protocol 0 spells True and False. */
function integerLine(machine: PickleMachine): PickleValue {
	const line = machine.line();
	return line === "01" ? true : line === "00" ? false : machine.decimal(line);
}

function floatLine(machine: PickleMachine): PickleValue {
	const line = machine.line();
	if (line.length > 40) throw machine.bad("its pickle writes a float in more than 40 letters");
	const words: Record<string, number> = {
		inf: Number.POSITIVE_INFINITY,
		"-inf": Number.NEGATIVE_INFINITY,
		nan: Number.NaN,
	};
	return Object.hasOwn(words, line) ? words[line]! : Number(line);
}

/** A string in quotes, as Python 2 wrote it. */
function quotedLine(machine: PickleMachine): PickleValue {
	const line = machine.line();
	if (line.length < 2 || line[0] !== line.at(-1) || !`'"`.includes(line[0]!))
		throw machine.bad("its pickle holds a string without quotes");
	const letters: Record<string, string> = { n: "\n", t: "\t", r: "\r" };
	return line
		.slice(1, -1)
		.replaceAll(/\\(?:x([\da-f]{2})|(.))/gi, (_, hex, letter) =>
			hex ? String.fromCharCode(Number.parseInt(hex, 16)) : (letters[letter] ?? letter),
		);
}

function unicodeLine(machine: PickleMachine): PickleValue {
	return machine
		.line()
		.replaceAll(/\\u([\da-fA-F]{4})|\\U(000[\da-fA-F]{5}|0010[\da-fA-F]{4})/g, (_, short, long) =>
			String.fromCodePoint(Number.parseInt(short ?? long, 16)),
		);
}

function lengthOf(machine: PickleMachine): number {
	const length = machine.int32();
	if (length < 0) throw machine.bad("its pickle holds a string of negative length");
	return length;
}

/** `cls, *args` above a mark. */
function makeFromMark(machine: PickleMachine): void {
	const [callable = null, ...args] = machine.popMark();
	machine.push(machine.make(callable, args));
}

function makeFromPair(machine: PickleMachine): void {
	const [callable, args] = machine.popMany(2);
	machine.push(machine.make(callable!, args!));
}

function makeFromInst(machine: PickleMachine): void {
	const known = machine.find(machine.line(), machine.line());
	machine.push(machine.make(known, machine.popMark()));
}

function makeWithKeywords(machine: PickleMachine): void {
	const [callable, args, keywords] = machine.popMany(3);
	if (!(keywords instanceof Map) || keywords.size > 0)
		throw machine.bad("its pickle calls something by keywords: refused");
	machine.push(machine.make(callable!, args!));
}

function stackGlobal(machine: PickleMachine): void {
	const [module, name] = machine.popMany(2);
	machine.push(machine.find(module!, name!));
}

function protocol(machine: PickleMachine): void {
	const version = machine.byte();
	if (version > NEWEST_PROTOCOL)
		throw machine.bad(`its pickle is of protocol ${version}; up to ${NEWEST_PROTOCOL} are known`);
}

function frame(machine: PickleMachine): void {
	const length = machine.uint64();
	if (!(length <= machine.bytes.length - machine.at))
		throw machine.bad("a frame of its pickle is longer than the pickle");
}

/** Opcodes of protocols 0 and 1 are letters. STOP is the caller's. */
const LETTERS: Record<string, Step> = {
	"(": (machine) => machine.mark(),
	"0": (machine) => machine.popOrUnmark(),
	"1": (machine) => void machine.popMark(),
	"2": (machine) => machine.push(machine.top()),
	N: pushes(() => null),
	I: pushes(integerLine),
	J: pushes((machine) => machine.int32()),
	K: pushes((machine) => machine.byte()),
	M: pushes((machine) => machine.uint16()),
	L: pushes((machine) => machine.decimal(machine.line().replace(/L$/, ""))),
	F: pushes(floatLine),
	G: pushes((machine) => machine.double()),
	S: pushes(quotedLine),
	T: pushes((machine) => machine.latin1(lengthOf(machine))),
	U: pushes((machine) => machine.latin1(machine.byte())),
	V: pushes(unicodeLine),
	X: pushes((machine) => machine.text(machine.uint32())),
	B: pushes((machine) => machine.take(machine.uint32())),
	C: pushes((machine) => machine.take(machine.byte())),
	"]": pushes(() => []),
	l: pushes((machine) => machine.popMark()),
	a: (machine) => append(machine, machine.popMany(1)),
	e: (machine) => append(machine, machine.popMark()),
	")": pushes(() => []),
	t: pushes((machine) => machine.popMark()),
	"}": pushes(() => new Map()),
	d: pushes((machine) => dictFrom(machine, machine.popMark())),
	s: (machine) => setItems(machine, machine.popMany(2)),
	u: (machine) => setItems(machine, machine.popMark()),
	p: (machine) => machine.remember(machine.decimal(machine.line())),
	q: (machine) => machine.remember(machine.byte()),
	r: (machine) => machine.remember(machine.uint32()),
	g: (machine) => machine.recall(machine.decimal(machine.line())),
	h: (machine) => machine.recall(machine.byte()),
	j: (machine) => machine.recall(machine.uint32()),
	c: pushes((machine) => machine.find(machine.line(), machine.line())),
	R: makeFromPair,
	b: build,
	i: makeFromInst,
	o: makeFromMark,
	P: pushes((machine) => machine.names.persistent(machine.line(), machine.bad)),
	Q: pushes((machine) => machine.names.persistent(machine.pop(), machine.bad)),
};

/** Opcodes of protocols 2 to 5. */
const CODES: readonly (readonly [number, Step])[] = [
	[0x80, protocol],
	[0x81, makeFromPair],
	[0x82, refuses("the extension registry")],
	[0x83, refuses("the extension registry")],
	[0x84, refuses("the extension registry")],
	[0x85, pushes((machine) => machine.popMany(1))],
	[0x86, pushes((machine) => machine.popMany(2))],
	[0x87, pushes((machine) => machine.popMany(3))],
	[0x88, pushes(() => true)],
	[0x89, pushes(() => false)],
	[0x8a, pushes((machine) => machine.integer(machine.byte()))],
	[0x8b, pushes((machine) => machine.integer(machine.uint32()))],
	[0x8c, pushes((machine) => machine.text(machine.byte()))],
	[0x8d, pushes((machine) => machine.text(machine.uint64()))],
	[0x8e, pushes((machine) => machine.take(machine.uint64()))],
	[0x8f, pushes(() => [])],
	[0x90, (machine) => append(machine, machine.popMark())],
	[0x91, pushes((machine) => machine.popMark())],
	[0x92, makeWithKeywords],
	[0x93, stackGlobal],
	[0x94, (machine) => machine.remember(machine.memo.size)],
	[0x95, frame],
	[0x96, pushes((machine) => machine.take(machine.uint64()))],
	[0x97, refuses("buffers outside itself")],
	[0x98, refuses("buffers outside itself")],
];

export const OPCODES: ReadonlyMap<number, Step> = new Map([
	...Object.entries(LETTERS).map(([letter, step]) => [letter.charCodeAt(0), step] as const),
	...CODES,
]);
