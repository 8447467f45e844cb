/**
 * The names that a PyTorch checkpoint's pickle may ask for. They become descriptions of storages and tensors, nothing
 * else.
 */
import type { Failure } from "../../../src/core/failure.ts";
import { countElements, ELEMENT_TYPES } from "./element-types.ts";
import type { KnownName, PickleNames, PickleObject, PickleValue } from "./pickle-machine.ts";

type Bad = (what: string) => Failure;

/** A piece of memory that tensors look into. */
export interface TorchStorage extends PickleObject {
	readonly kind: "storage";
	readonly key: string;
	/** Name of the safetensors format. Of an untyped storage U8: the tensor says what it holds. */
	readonly dtype: string;
	/** Elements. */
	readonly count: number;
}

/** A view into a storage. Offset and strides are in elements. */
export interface TorchTensor extends PickleObject {
	readonly kind: "tensor";
	readonly storage: TorchStorage;
	readonly dtype: string;
	readonly shape: readonly number[];
	readonly strides: readonly number[];
	readonly offset: number;
	/** A lazy negation (`torch._neg_view`): the values are those of the storage, their sign turned. */
	readonly negative: boolean;
}

/** An instance of a TorchScript class: only its attributes are kept. */
export interface ScriptObject extends PickleObject {
	readonly kind: "script";
	readonly attributes: Map<PickleValue, PickleValue>;
}

/** PyTorch's own limit. */
const MAX_DIMENSIONS = 64;
/** An expanded tensor repeats its storage by strides of 0; more than this is a bomb. */
const MAX_EXPANDED = 1 << 20;

const STORAGES = {
	DoubleStorage: "F64",
	FloatStorage: "F32",
	HalfStorage: "F16",
	BFloat16Storage: "BF16",
	LongStorage: "I64",
	IntStorage: "I32",
	ShortStorage: "I16",
	CharStorage: "I8",
	ByteStorage: "U8",
	BoolStorage: "BOOL",
} as const;

const DTYPES = {
	float64: "F64",
	double: "F64",
	float32: "F32",
	float: "F32",
	float16: "F16",
	half: "F16",
	bfloat16: "BF16",
	float8_e4m3fn: "F8_E4M3",
	float8_e5m2: "F8_E5M2",
	int64: "I64",
	long: "I64",
	int32: "I32",
	int: "I32",
	int16: "I16",
	short: "I16",
	int8: "I8",
	uint64: "U64",
	uint32: "U32",
	uint16: "U16",
	uint8: "U8",
	bool: "BOOL",
} as const;

const [UNTYPED, TYPED] = ["torch.storage.UntypedStorage", "torch.storage.TypedStorage"];

/** Of names that are element types or types of storages. */
const DTYPE_OF: ReadonlyMap<string, string> = new Map([
	...Object.entries(STORAGES).map(([name, dtype]) => [`torch.${name}`, dtype] as const),
	...Object.entries(DTYPES).map(([name, dtype]) => [`torch.${name}`, dtype] as const),
	[UNTYPED, "U8"],
]);

/** A dict, empty or from pairs as Python 2 wrote them. */
function makeDict(args: PickleValue[], bad: Bad): PickleValue {
	const [items = []] = args;
	if (items instanceof Map) return items;
	const pairs = Array.isArray(items) ? items : [];
	if (!pairs.every((pair): pair is [PickleValue, PickleValue] => Array.isArray(pair) && pair.length === 2))
		throw bad("a dict is made of something other than pairs");
	return new Map(pairs);
}

/** The list, tuple or set itself. */
function makeList([items = []]: PickleValue[], bad: Bad): PickleValue {
	if (!Array.isArray(items)) throw bad("a list is made of something other than a list");
	return items;
}

/** Types that a sign can be turned of; PyTorch negates no others lazily. */
const SIGNED: ReadonlySet<string> = new Set([
	"F64",
	"F32",
	"F16",
	"BF16",
	"F8_E4M3",
	"F8_E5M2",
	"I64",
	"I32",
	"I16",
	"I8",
]);

/**
 * What is left of `{"neg": True, "conj": False}`, which says how values differ from those of the storage. Real numbers
 * are their own conjugates.
 * @throws Failure for anything else: values would be read wrongly
 */
function isNegative(metadata: PickleValue | undefined, dtype: string, bad: Bad): boolean {
	if (metadata === undefined || metadata === null || isName(metadata)) return false;
	if (!(metadata instanceof Map)) throw bad("the metadata of a tensor are not a dict");
	for (const [key, value] of metadata)
		if (key !== "neg" && key !== "conj" && value !== false && value !== null)
			throw bad(`a tensor has the metadata ${JSON.stringify(String(key).slice(0, 60))}, which are not known`);
	const negative = metadata.get("neg") === true;
	if (negative && !SIGNED.has(dtype)) throw bad(`a tensor of type ${dtype} is a negative view`);
	return negative;
}

/**
 * `_rebuild_tensor(storage, offset, size, stride)`; v2 adds requires_grad, hooks and metadata, v3 the dtype before
 * metadata.
 */
function makeTensor(
	[storage = null, offset = null, shape = null, strides = null, , , ...more]: PickleValue[],
	bad: Bad,
): TorchTensor {
	const type = more.find(isName);
	if (!isStorage(storage)) throw bad("a tensor has no storage");
	if (!isNatural(offset) || !isShape(shape) || !isShape(strides) || shape.length !== strides.length)
		throw bad("the shape, strides or offset of a tensor make no sense");
	const dtype = type === undefined ? storage.dtype : DTYPE_OF.get(type.name);
	if (dtype === undefined) throw bad("a tensor has an unknown type");
	// Copies: the pickle may still append to its lists.
	const negative = more.some((value) => isNegative(value, dtype, bad));
	const tensor: TorchTensor = {
		kind: "tensor",
		storage,
		dtype,
		shape: [...shape],
		strides: [...strides],
		offset,
		negative,
	};
	checkBounds(tensor, bad);
	return tensor;
}

function checkBounds({ storage, dtype, shape, strides, offset }: TorchTensor, bad: Bad): void {
	const bytes = (type: string) => ELEMENT_TYPES.get(type)!.bytes;
	const room = Math.floor((storage.count * bytes(storage.dtype)) / bytes(dtype));
	const elements = countElements(shape, (what) => bad(`a tensor ${what}`));
	if (elements === 0) return;
	const last = shape.reduce((sum, dim, axis) => sum + (dim - 1) * strides[axis]!, offset);
	if (!(last < room))
		throw bad(`a tensor [${shape}] reaches element ${last} of storage "${storage.key}", which has ${room}`);
	if (elements > room && elements > MAX_EXPANDED)
		throw bad(`a tensor [${shape}] repeats the ${room} elements of its storage`);
}

/** `_rebuild_from_type_v2(function, type, args, state)` wraps a call of one of the functions above. */
function makeFromType([inner = null, , args = null]: PickleValue[], bad: Bad): PickleValue {
	if (!isName(inner) || inner.make !== makeTensor || !Array.isArray(args))
		throw bad("a tensor is rebuilt by something other than a tensor's own function");
	return makeTensor(args, bad);
}

/** `_rebuild_parameter(tensor, requires_grad, hooks)`: the tensor. */
function makeParameter([tensor = null]: PickleValue[], bad: Bad): PickleValue {
	if (!isTensor(tensor)) throw bad("a parameter does not hold a tensor");
	return tensor;
}

const makeInert = (): PickleValue => ({ kind: "inert" });

/** What is made for each name. `null`: only ever a value. */
const MAKERS: Record<string, KnownName["make"]> = {
	"collections.OrderedDict": makeDict,
	"collections.defaultdict": () => new Map(),
	"collections.Counter": makeDict,
	"torch._utils._rebuild_tensor": makeTensor,
	"torch._utils._rebuild_tensor_v2": makeTensor,
	"torch._utils._rebuild_tensor_v3": makeTensor,
	"torch._utils._rebuild_parameter": makeParameter,
	"torch._utils._rebuild_parameter_with_state": makeParameter,
	"torch._tensor._rebuild_from_type_v2": makeFromType,
	"torch.nn.parameter.Parameter": null,
	"torch.Tensor": null,
	"torch.Size": makeList,
	"torch.device": makeInert,
	"torch.jit._pickle.build_intlist": makeList,
	"torch.jit._pickle.build_doublelist": makeList,
	"torch.jit._pickle.build_boollist": makeList,
	"torch.jit._pickle.build_tensorlist": makeList,
	"torch.jit._pickle.restore_type_tag": ([value = null]) => value,
	// Scalars of training loops: kept as something that is there, never decoded.
	"numpy.dtype": makeInert,
	"numpy.core.multiarray.scalar": makeInert,
	"numpy._core.multiarray.scalar": makeInert,
	"_codecs.encode": makeInert,
	[TYPED!]: null,
};

/** Types of Python that hold data. Python 2 called their module `__builtin__`. */
const BUILTINS: Record<string, KnownName["make"]> = {
	dict: makeDict,
	list: makeList,
	tuple: makeList,
	set: makeList,
	frozenset: makeList,
	int: makeInert,
	float: makeInert,
	bool: makeInert,
	str: makeInert,
	bytes: makeInert,
	bytearray: makeInert,
	complex: makeInert,
};

const known = (name: string, make: KnownName["make"]) =>
	[name, { kind: "name", name, make }] as const satisfies [string, KnownName];

/** A map: a file may ask for `constructor`. */
const NAMES: ReadonlyMap<string, KnownName> = new Map([
	...[...DTYPE_OF.keys()].map((name) => known(name, null)),
	...Object.entries(MAKERS).map(([name, make]) => known(name, make)),
	...Object.entries(BUILTINS).flatMap(([name, make]) => [
		known(`builtins.${name}`, make),
		known(`__builtin__.${name}`, make),
	]),
]);

/** Classes of a TorchScript archive are called `__torch__.…`; their code is never read. */
const SCRIPT_CLASS = /^__torch__(\.\w+)+$/;

function findName(name: string): KnownName | undefined {
	if (SCRIPT_CLASS.test(name))
		return { kind: "name", name, make: (): ScriptObject => ({ kind: "script", attributes: new Map() }) };
	return NAMES.get(name);
}

/** `("storage", type, key, device, count)`, in old files with a sixth entry that is None. */
function makeStorage(id: PickleValue, bad: Bad): TorchStorage {
	const [tag, type = null, key, , count = null, part = null] = Array.isArray(id) ? id : [];
	const dtype = isName(type) ? DTYPE_OF.get(type.name) : undefined;
	if (tag !== "storage" || dtype === undefined || typeof key !== "string" || !isNatural(count))
		throw bad("a persistent id refers to something other than a storage: refused");
	if (part !== null) throw bad(`storage "${key}" is a part of another storage: load it with PyTorch and save it again`);
	return { kind: "storage", key, dtype, count };
}

/** Attributes matter only to TorchScript objects; an OrderedDict's `_metadata` and the like are let go. */
function build(target: PickleValue, state: PickleValue): void {
	if (isScript(target) && state instanceof Map) for (const [key, value] of state) target.attributes.set(key, value);
}

/** @param onStorage hears of every storage the pickle mentions */
export function torchNames(onStorage: (storage: TorchStorage) => void = () => {}): PickleNames {
	const persistent = (id: PickleValue, bad: Bad) => {
		const storage = makeStorage(id, bad);
		onStorage(storage);
		return storage;
	};
	return { find: findName, persistent, build };
}

function isKind(value: unknown, kind: string): boolean {
	return typeof value === "object" && value !== null && "kind" in value && value.kind === kind;
}

const isName = (value: PickleValue | undefined): value is KnownName => isKind(value, "name");
const isStorage = (value: PickleValue): value is TorchStorage => isKind(value, "storage");
export const isTensor = (value: PickleValue | undefined): value is TorchTensor => isKind(value, "tensor");
export const isScript = (value: PickleValue): value is ScriptObject => isKind(value, "script");
const isNatural = (value: PickleValue): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isShape = (value: PickleValue): value is number[] =>
	Array.isArray(value) && value.length <= MAX_DIMENSIONS && value.every(isNatural);
