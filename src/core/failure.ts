/** Failures as data that survives a thread boundary: a code, what happened, and what to do about it where it shows. */

/** Where a person or a program meets a failure. What can be done about it differs from one to the next. */
export const SURFACES = ["app", "element", "extension", "cli", "api"] as const;
export type Surface = (typeof SURFACES)[number];
type Remedy = Readonly<Record<Surface, string>>;

/** The same words everywhere, but where a surface has its own. */
const say = (words: string, own: Partial<Remedy> = {}): Remedy => ({
	app: words,
	element: words,
	extension: words,
	cli: words,
	api: words,
	...own,
});

const EXPORT_AGAIN = "Export the checkpoint again with this version of the exporter.";
const OTHER_MODEL = "Choose another model in the options.";

/**
 * What can be done about each failure on each surface: one table, keyed by code. The element speaks to the visitor of a
 * page; what its author can do is said to the console and to programs (`api`).
 */
export const REMEDIES = {
	"bundle-missing-file": say("Check that the folder has every file that umie.json lists, or export it again.", {
		element: "Tell the owner of this page that its model is incomplete.",
		extension: "Choose the folder of the bundle again in the options, with every file that umie.json lists.",
	}),
	"bundle-wrong-hash": say("The file was changed or damaged: load it again, or export the bundle again.", {
		element: "Try again; if it stays so, tell the owner of this page that the model is damaged.",
		extension: "Choose the folder of the bundle again in the options.",
		cli: "The file was changed or damaged: copy the bundle again, or export it again.",
	}),
	"bundle-truncated": say("The download or copy stopped early: try again.", {
		cli: "Copy or download the file again: it stopped early.",
	}),
	"bundle-format": say(EXPORT_AGAIN, {
		element: "Tell the owner of this page that its model cannot be opened.",
		extension: `${OTHER_MODEL} A bundle of your own must be exported again.`,
	}),
	"bundle-graph-mismatch": say("Graphs and weights come from different exports: export the bundle again.", {
		element: "Tell the owner of this page that its model cannot be run.",
		extension: `${OTHER_MODEL} A bundle of your own must be exported again.`,
	}),
	"checkpoint-format": say("Save the checkpoint again as safetensors."),
	"checkpoint-tensors": say("Check that config.json belongs to this checkpoint, and that every weight was saved."),
	"checkpoint-unsupported": say(
		"Use the weights of a T5, T5 1.1, FLAN-T5, mT5 or umT5 model, saved as safetensors or by PyTorch.",
	),
	"checkpoint-values": say("The weights hold NaN or infinity: go back to a checkpoint from before training diverged.", {
		element: "Tell the owner of this page that the model's weights are broken.",
		extension: OTHER_MODEL,
	}),
	"checkpoint-adapter": say(
		"Export the base model with --adapter FOLDER, or merge the two first (peft: merge_and_unload) and export that.",
	),
	"pointer-file": say("Fetch the files themselves: run `git lfs pull` in the folder, then choose it again.", {
		element: "Tell the owner of this page that large files of the model were never fetched.",
		cli: "Run `git lfs pull` in its folder, or download the file itself, and try again.",
		api: "Put the files themselves in its place: run `git lfs pull` in the folder.",
	}),
	"vocabulary-mismatch": say("Export the bundle again with the tokenizer files of the very same checkpoint.", {
		element: "Tell the owner of this page that the model's tokenizer belongs to another model.",
		extension: `${OTHER_MODEL} A bundle of your own needs the tokenizer of its checkpoint.`,
		cli: "Put the tokenizer files of the very same checkpoint beside config.json, and export again.",
	}),
	"text-empty": say("Type or paste the text of the post.", {
		element: "There is nothing to extract from.",
		extension: "Choose a post with text.",
		cli: "Give the text of the post with --text, or in the field text of its record.",
		api: "Pass a text that is not empty.",
	}),
	"text-too-long": say("Shorten the text, or split it into several posts."),
	"labels-invalid": say(
		"Correct the list: labels must not be empty or repeated, and must not contain commas or <spot>.",
	),
	"image-unreadable": say("Use a JPEG, PNG, WebP, GIF, AVIF or BMP picture that opens in an image viewer.", {
		element: "Reload the page, or tell its owner that the picture is broken.",
		extension: "Reload the page; if the picture stays broken, the post can only be read as text.",
		cli: "Use a JPEG, PNG or WebP picture that opens in an image viewer.",
	}),
	"image-unsupported": say("Convert the picture to JPEG, PNG or WebP.", {
		element: "Tell the owner of this page that the picture should be a JPEG, PNG or WebP.",
		extension: "Posts with such pictures can only be read as text.",
	}),
	"image-too-large": say("Scale the picture down, for example to 4,000 pixels on its longer side.", {
		element: "Tell the owner of this page that the picture is too large.",
		extension: "Posts with such pictures can only be read as text.",
	}),
	"device-unavailable": say("Choose another device, or set the device to automatic.", {
		element: "Use another browser, or a newer version of this one.",
		cli: "Choose another --device, or leave the option out.",
		api: 'Pass another device, or "auto".',
	}),
	"device-lost": say("Try again, or choose another device.", {
		element: "Try again.",
		cli: "Run the command again, or choose another --device.",
		api: "Call again, or pass another device.",
	}),
	"out-of-memory": say("Close other tabs, choose a smaller model, or extract fewer tasks at a time.", {
		element: "Close other tabs and try again.",
		cli: "Close other programs, use a smaller model, or ask for fewer --tasks and a smaller --batch.",
		api: "Use a smaller model, or extract fewer tasks at a time.",
	}),
	"disk-full": say("Free some space on the disk, and try again.", {
		cli: "Free some space, or choose a place on another disk, and run the command again.",
	}),
	"storage-full": say(
		"Export what you need, then clear the posts here or this site's data in the browser's settings, and try again.",
		{
			element: "Free some space in the browser's settings, and try again.",
			extension: "Free some space on the disk or remove the extension's own model in the options, and try again.",
			cli: "Free some space on the disk, and run the command again.",
			api: "Free some of the origin's storage, and try again.",
		},
	),
	offline: say("Connect to the network, or load the bundle from local files.", {
		element: "Connect to the network, and try again.",
		extension: "Connect to the network, and try again.",
		cli: "Connect to the network, or use a file on this machine.",
		api: "Connect to the network, or open the bundle from files.",
	}),
	"fetch-failed": say("Check the address and that the server allows other sites to read it (CORS).", {
		element: "Try again later; if it stays so, tell the owner of this page.",
		extension: "Try again later.",
		cli: "Check the address, and that the server can be reached from here.",
	}),
	"download-wrong-hash": say("The file was damaged or changed during the download: start the download again."),
	"assets-missing": say("Reload the page. If it stays so, this site was not copied completely to its server.", {
		element: "Tell the owner of this page that files of the extractor are missing on the server.",
		extension: "Install the extension again.",
		cli: "Install the package again (npm ci).",
		api:
			"Copy the package's folder to a place that the page can fetch, " +
			"and pass its address to setAssets() before the first extraction.",
	}),
	"script-blocked": say(
		"Allow scripts and WebAssembly for this site in your content blocker, and reload the page. " +
			"A content security policy needs script-src 'self' 'wasm-unsafe-eval' and worker-src 'self' blob:.",
		{
			element: "Allow scripts for this site in your content blocker, and reload the page.",
			extension: "Restart the browser; if it stays so, install the extension again.",
			cli: "Install the package again (npm ci), without omitting WebAssembly files.",
			api: "Let the content security policy allow script-src 'wasm-unsafe-eval' and worker-src blob:.",
		},
	),
	"worker-died": say("Reload the page. If it happens again, choose another device or a smaller model.", {
		element: "Try again; if it happens again, reload the page.",
		extension: "Try again. If it happens again, choose another device in the options.",
		cli: "Run the command again. If it happens again, use a smaller model or a smaller --batch.",
		api: "Extract again: the worker is started anew. If it happens again, pass another device or a smaller model.",
	}),
	cancelled: say("Start again if you still need the result.", {
		cli: "Run the command again if you still need the result.",
		api: "Call again if the result is still needed.",
	}),
	closed: say("Open the model again.", {
		element: "Try again.",
		extension: "Try again.",
		cli: "Run the command again.",
		api: "Open the model again, or make another extractor.",
	}),
	"not-open": say("Open a model first.", {
		element: "Try again.",
		extension: "Try again.",
		cli: "Name a bundle with --model.",
		api: "Call open() first.",
	}),
	busy: say("Pause it in the other tab or close that tab, then continue here.", {
		element: "Wait until it has ended.",
		extension: "Wait until it has ended.",
		cli: "Wait until the other run has ended, or write to another --output.",
		api: "Wait until the running call has ended, or use another job number.",
	}),
	timeout: say("Try again; if it stays slow, choose another device or a smaller model.", {
		element: "Try again.",
		extension: "Try again; if it stays slow, choose another device in the options.",
		cli: "Run the command again; if it stays slow, use a smaller model.",
		api: "Call again; if it stays slow, pass another device or a smaller model.",
	}),
	usage: say("Change what the message names, and try again.", {
		element: "Tell the owner of this page: an attribute of the extractor is wrong.",
		extension: "Change it in the options, and try again.",
		cli: "Run the command with --help to see how it is used.",
		api: "Correct the call; the types of the package and its README say what it takes.",
	}),
	"not-found": say("Choose the file again: it was moved, renamed or deleted.", {
		element: "Tell the owner of this page that a file is missing.",
		cli: "Check the spelling. A relative path starts at the folder in which the command runs.",
		api: "Check the path.",
	}),
	"input-unreadable": say("Choose the file again, and check that it is not open in another program.", {
		element: "Tell the owner of this page that a file cannot be read.",
		cli: "Check the path, and that you are allowed to read the file.",
		api: "Check the path and its permissions.",
	}),
	"input-format": say(
		"Choose a table, JSON lines, an archive of posts, a document or a text; of a table, its columns.",
		{
			cli: "Give a table (--text-column names its texts), JSON lines, an archive of posts, a document or a text.",
			api: "Pass a table, JSON lines, an archive of posts, a document or a text; of a table, its columns.",
		},
	),
	"input-record": say("Correct it in the file or leave it out; the other posts are read."),
	"output-unwritable": say("Choose another place to save it.", {
		cli: "Check that its folder exists and that you are allowed to write there.",
		api: "Check the path and its permissions.",
	}),
	"import-format": say("Choose a file in a supported format, written by this app or by the format's own tool.", {
		cli: "Give a file in a supported format, written by this program or by the format's own tool.",
		api: "Pass a file in a supported format.",
	}),
	"import-too-large": say("Split the file into smaller ones."),
	"posts-failed": say("Look at each failed post: it says what to do. Then try those again.", {
		cli: "Each failed line of the output says what to do; correct those posts and extract from them again.",
	}),
	internal: say("This is a bug: please report it, with this message and what you did."),
} as const satisfies Record<string, Remedy>;

/** What went wrong, as a program can tell it. */
export type FailureCode = keyof typeof REMEDIES;

/** What to do about a failure, in the words of the place where it is shown. */
export const remedyFor = (code: FailureCode, surface: Surface): string => REMEDIES[code][surface];

/** A failure without its remedy: what crosses a thread. The other side knows where it is shown. */
export interface FailureFacts {
	readonly code: FailureCode;
	/** What happened, with the names and numbers of this case. */
	readonly what: string;
}

/** A failure as it is shown: what `--json` prints, what the element's event holds. */
export interface FailureData extends FailureFacts {
	/** What the person can do about it, here. */
	readonly remedy: string;
}

/**
 * The answer of every call that crosses a thread: a value, or a failure as data (thrown errors lose their class there).
 */
export type Outcome<T> =
	| { readonly ok: true; readonly value: T }
	| { readonly ok: false; readonly failure: FailureFacts };

/**
 * An expected failure. The code that catches one calls the engine from a program: `remedy`, and `message`, which is
 * "what + remedy", are in the words of that surface (`api`). A page shows `toFailureData(error, "app")`.
 */
export class Failure extends Error {
	readonly code: FailureCode;
	readonly what: string;
	readonly remedy: string;

	constructor(code: FailureCode, what: string, options?: ErrorOptions) {
		const remedy = remedyFor(code, "api");
		super(`${what} ${remedy}`, options);
		this.name = "Failure";
		this.code = code;
		this.what = what;
		this.remedy = remedy;
	}
}

/** Errors of browsers and of Node that are expected, by the name or the code that they carry. */
const KNOWN_ERRORS: Readonly<Record<string, FailureCode>> = {
	QuotaExceededError: "storage-full",
	AbortError: "cancelled",
	NotReadableError: "input-unreadable",
	NotFoundError: "not-found",
	TimeoutError: "timeout",
	ENOSPC: "disk-full",
	EDQUOT: "disk-full",
	ENOENT: "not-found",
	ENOTDIR: "not-found",
	EACCES: "input-unreadable",
	EPERM: "input-unreadable",
	EISDIR: "input-unreadable",
	EROFS: "output-unwritable",
	EFBIG: "output-unwritable",
	ERR_FS_FILE_TOO_LARGE: "import-too-large",
	ERR_STRING_TOO_LONG: "import-too-large",
};
/** Expected errors that carry no name of their own, by their message in Chromium, Firefox, Safari and Node. */
const KNOWN_MESSAGES: ReadonlyArray<readonly [RegExp, FailureCode]> = [
	[/dynamically imported module|importing a module script failed|module script/i, "script-blocked"],
	[/allocation failed|out of memory|invalid (typed )?array (buffer )?length|buffer allocation/i, "out-of-memory"],
];

/** The code of any thrown thing: that of a {@link Failure}, of a known error of the platform, else `internal`. */
function codeOf(error: unknown): FailureCode {
	if (!(error instanceof Error)) return "internal";
	const { name, message, code } = error as Error & { readonly code?: unknown };
	for (const key of [name, code])
		if (typeof key === "string" && Object.hasOwn(KNOWN_ERRORS, key)) return KNOWN_ERRORS[key]!;
	return KNOWN_MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ?? "internal";
}

/** Any thrown thing as facts; what is neither a {@link Failure} nor known becomes `internal` with its message. */
export function toFacts(error: unknown): FailureFacts {
	if (error instanceof Failure) return { code: error.code, what: error.what };
	const code = codeOf(error);
	const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	return { code, what: code === "internal" ? what : `${what.replace(/[.\s]*$/, "")}.` };
}

/** Facts in the words of the surface that shows them. */
export const shownOn = ({ code, what }: FailureFacts, surface: Surface): FailureData => ({
	code,
	what,
	remedy: remedyFor(code, surface),
});

/** Any thrown thing as it is shown on this surface. */
export const toFailureData = (error: unknown, surface: Surface): FailureData => shownOn(toFacts(error), surface);

/** Runs `work` and returns its value or its failure, never throws. */
export async function settle<T>(work: () => Promise<T> | T): Promise<Outcome<T>> {
	try {
		return { ok: true, value: await work() };
	} catch (error) {
		return { ok: false, failure: toFacts(error) };
	}
}

/** The value of an outcome, or its failure thrown again on this side of the thread. */
export function unwrap<T>(outcome: Outcome<T>): T {
	if (outcome.ok) return outcome.value;
	throw new Failure(outcome.failure.code, outcome.failure.what);
}
