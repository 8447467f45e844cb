/** Failures as data that survives a thread boundary: a code, what happened, and what to do about it. */

/** What a person can do about each failure: one table, keyed by code. */
export const REMEDIES = {
	"bundle-missing-file": "Check that the folder contains every file listed in umie.json, or export the bundle again.",
	"bundle-wrong-hash": "The file was changed or damaged: load it again, or export the bundle again.",
	"bundle-truncated": "The download or copy stopped early: try again.",
	"bundle-format": "Export the checkpoint again with this version of the exporter.",
	"bundle-graph-mismatch": "Graphs and weights come from different exports: export the bundle again.",
	"checkpoint-format": "Save the checkpoint again as safetensors.",
	"checkpoint-tensors": "Check that config.json belongs to this checkpoint, and that every weight was saved.",
	"checkpoint-values": "The weights hold NaN or infinity: go back to a checkpoint from before training diverged.",
	"text-empty": "Type or paste the text of the post.",
	"text-too-long": "Shorten the text, or split it into several posts.",
	"labels-invalid": "Correct the list: labels must not be empty or repeated, and must not contain commas or <spot>.",
	"image-unreadable": "Use a JPEG, PNG, WebP, GIF, AVIF or BMP picture that opens in an image viewer.",
	"image-unsupported": "Convert the picture to JPEG, PNG or WebP.",
	"image-too-large": "Scale the picture down, for example to 4,000 pixels on its longer side.",
	"device-unavailable": "Choose another device, or set the device to automatic.",
	"device-lost": "Try again, or choose another device.",
	"out-of-memory": "Close other tabs, use a smaller model, or extract fewer tasks at a time.",
	offline: "Connect to the network, or load the bundle from local files.",
	"fetch-failed": "Check the address and that the server allows other sites to read it (CORS).",
	"download-wrong-hash": "The file was damaged or changed during the download: start the download again.",
	"worker-died": "Reload the page. If it happens again, choose another device or a smaller model.",
	cancelled: "Start again if you still need the result.",
	closed: "Open the model again.",
	"not-open": "Open a model first.",
	timeout: "Try again; if it stays slow, choose another device or a smaller model.",
	usage: "Run the command with --help to see how it is used.",
	"input-unreadable": "Check the path, and that you are allowed to read the file.",
	"output-unwritable": "Check the folder and the free space on its disk, or write to another place.",
	"import-format": "Choose a file in a supported format, written by this app or by the format's own tool.",
	"import-too-large": "Split the file into smaller ones.",
	internal: "This is a bug: please report it, with this message and what you did.",
} as const satisfies Record<string, string>;

/** What went wrong, as a program can tell it. */
export type FailureCode = keyof typeof REMEDIES;

/** A failure as plain data: what crosses a thread, what `--json` prints. */
export interface FailureData {
	readonly code: FailureCode;
	/** What happened, with the names and numbers of this case. */
	readonly what: string;
	/** What the person can do about it. */
	readonly remedy: string;
}

/**
 * The answer of every call that crosses a thread: a value, or a failure as data (thrown errors lose their class there).
 */
export type Outcome<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly failure: FailureData };

/** An expected failure. `message` is "what + remedy", so that an uncaught one is still readable. */
export class Failure extends Error {
	readonly code: FailureCode;
	readonly what: string;
	readonly remedy: string;

	constructor(code: FailureCode, what: string, options?: ErrorOptions) {
		super(`${what} ${REMEDIES[code]}`, options);
		this.name = "Failure";
		this.code = code;
		this.what = what;
		this.remedy = REMEDIES[code];
	}
}

/** Any thrown thing as data; what is not a {@link Failure} becomes `internal` with its message. */
export function toFailureData(error: unknown): FailureData {
	if (error instanceof Failure) return { code: error.code, what: error.what, remedy: error.remedy };
	const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	return { code: "internal", what, remedy: REMEDIES.internal };
}

/** Runs `work` and returns its value or its failure, never throws. */
export async function settle<T>(work: () => Promise<T> | T): Promise<Outcome<T>> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, failure: toFailureData(error) };
	}
}

/** The value of an outcome, or its failure thrown again on this side of the thread. */
export function unwrap<T>(outcome: Outcome<T>): T {
	if (outcome.ok) return outcome.value;
	throw new Failure(outcome.failure.code, outcome.failure.what);
}
