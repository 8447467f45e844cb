/**
 * The element `<umie-extractor>`: it extracts when it is scrolled into view, draws the result, and is a form field with
 * the result as its value.
 */
import type { Progress } from "../client/protocol.ts";
import { DEVICE_CHOICES, type DeviceChoice, isDeviceChoice } from "../core/devices.ts";
import { Failure, toFailureData } from "../core/failure.ts";
import type { ExtractionResult } from "../core/result.ts";
import { onLanguage } from "../messages/messages.ts";
import { t } from "../messages/ui.ts";
import { ATTRIBUTES, type AttributeName, type ElementAttributes, type EventDetails, TAG } from "./contract.ts";
import elementCss from "./element.css?inline";
import { createExtractor, type Extractor, imageBytes } from "./extractor.ts";
import { followLanguage } from "./language.ts";
import { allowedTypes, requestFrom } from "./request.ts";
import type { DrawnResult } from "./view.tsx";

const NAMES = Object.keys(ATTRIBUTES) as AttributeName[];
/** A change of one of these attributes needs another result. */
const INPUTS: ReadonlySet<string> = new Set<AttributeName>([
	"text",
	"src",
	"tasks",
	"labels",
	"model",
	"device",
	"beams",
	"disabled",
]);

/** A server has no elements: importing this module must do nothing there. */
const inPage = "HTMLElement" in globalThis;
const Base = inPage ? HTMLElement : (class {} as typeof HTMLElement);

/** Events of the element by name, for typed listeners. */
export type ElementEvents = { [Name in keyof EventDetails]: CustomEvent<EventDetails[Name]> };

/** The accessors of the attributes, and listeners with typed events. */
export interface UmieExtractorElement extends ElementAttributes {
	addEventListener<Name extends keyof ElementEvents>(
		type: Name,
		listener: (this: UmieExtractorElement, event: ElementEvents[Name]) => void,
		options?: boolean | AddEventListenerOptions,
	): void;
	addEventListener(
		type: string,
		listener: EventListenerOrEventListenerObject,
		options?: boolean | AddEventListenerOptions,
	): void;
}

/**
 * Extracts from its text and picture, and shows the result.
 * @fires umie-progress umie-result umie-error
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the accessors are made from the table below
export class UmieExtractorElement extends Base {
	static readonly formAssociated = true;
	static readonly observedAttributes: readonly string[] = [...NAMES, "lang"];

	/** Stops listening to changes of the language. */
	#deaf: () => void = () => undefined;
	#result: ExtractionResult | null = null;
	#extractor: { readonly key: string; readonly made: Extractor } | null = null;
	#running: AbortController | null = null;
	#drawn: Promise<DrawnResult> | null = null;
	#pictureUrl: string | null = null;
	/** Waits until the element is scrolled into view. */
	#visibility: IntersectionObserver | null = null;
	/** A change waits for the end of this turn of the event loop. */
	#isChangePending = false;
	/** The inputs of the running, scheduled or shown result, as JSON. */
	#requested = "";
	readonly #internals = inPage ? this.attachInternals() : null;
	readonly #parts = inPage ? buildShadow(this) : null;

	constructor() {
		super();
		this.#parts?.button.addEventListener("click", () => {
			if (this.#running) this.cancel();
			else this.extract().catch(() => undefined);
		});
		// Without the attribute text, the element's own text is the post.
		this.#parts?.slot.addEventListener("slotchange", () => this.text === null && this.#scheduleChange());
	}

	/** The last result; null before the first one, and from a change until the next one. */
	get result(): ExtractionResult | null {
		return this.#result;
	}

	/** The result as JSON, as the form gets it; empty when there is none. */
	get value(): string {
		return this.#result ? JSON.stringify(this.#result) : "";
	}

	/** The form that the element belongs to. */
	get form(): HTMLFormElement | null {
		return this.#internals?.form ?? null;
	}

	connectedCallback(): void {
		followLanguage(this);
		this.#deaf = onLanguage(() => this.#speak());
		this.#scheduleChange();
	}

	disconnectedCallback(): void {
		this.#deaf();
		this.#cancelQuietly();
		this.#requested = "";
		this.#visibility?.disconnect();
		this.#visibility = null;
		this.#extractor?.made.close();
		this.#extractor = null;
	}

	attributeChangedCallback(name: string, before: string | null, after: string | null): void {
		if (before === after || !this.isConnected) return;
		if (name === "lang") followLanguage(this);
		if (INPUTS.has(name) || name === "trigger") this.#scheduleChange();
		if (name === "sensitive" && this.#result) void this.#draw(this.#result);
	}

	formResetCallback(): void {
		this.#cancelQuietly();
		this.#setResult(null);
		this.#showStatus("");
	}

	formDisabledCallback(): void {
		this.#scheduleChange();
	}

	/** Ends a running extraction with the failure `cancelled`. */
	cancel(): void {
		this.#running?.abort();
	}

	/** Extracts now, whatever the trigger is. A running extraction is cancelled. @throws Failure */
	async extract(): Promise<ExtractionResult> {
		this.#isChangePending = false;
		this.#cancelQuietly();
		const stop = new AbortController();
		this.#running = stop;
		const isCurrent = () => this.#running === stop;
		this.#showRunning();
		try {
			const result = await this.#run(stop.signal, (progress) => isCurrent() && this.#showProgress(progress));
			if (stop.signal.aborted) throw new Failure("cancelled", "The extraction was cancelled.");
			this.#setResult(result);
			await this.#draw(result);
			this.#showStatus("");
			this.#dispatch("umie-result", result);
			return result;
		} catch (error) {
			if (isCurrent()) this.#showFailure(error);
			throw error;
		} finally {
			if (isCurrent()) {
				this.#running = null;
				this.#showIdle();
			}
		}
	}

	async #run(signal: AbortSignal, onProgress: (progress: Progress) => void): Promise<ExtractionResult> {
		const request = requestFrom(this);
		const text = this.text ?? this.#text();
		if (text.trim() === "") throw new Failure("text-empty", "The element has no text.");
		const device = this.device ?? "auto";
		if (!isDeviceChoice(device))
			throw new Failure("usage", `device must be one of ${DEVICE_CHOICES.join(", ")}, not "${device.slice(0, 60)}".`);
		const image =
			this.src === null || this.src === ""
				? null
				: await imageBytes(new URL(this.src, this.ownerDocument.baseURI), signal);
		this.#showPicture(image);
		return this.#engine(device).extract({ text, image }, request, { onProgress, signal });
	}

	#engine(device: DeviceChoice): Extractor {
		const key = `${device} ${this.model ?? ""}`;
		if (this.#extractor?.key !== key) {
			this.#extractor?.made.close();
			this.#extractor = {
				key,
				made: createExtractor({
					device,
					...(this.model && { model: new URL(this.model, this.ownerDocument.baseURI).href }),
				}),
			};
		}
		return this.#extractor.made;
	}

	/** Schedules another result when the inputs changed. All changes in one turn of the event loop count as one. */
	#scheduleChange(): void {
		this.#showIdle();
		if (this.#isChangePending || !this.isConnected) return;
		this.#isChangePending = true;
		queueMicrotask(() => {
			if (!this.#isChangePending || !this.isConnected) return;
			this.#isChangePending = false;
			const inputs = JSON.stringify([...NAMES.map((name) => this[name]), this.#text(), this.#isDisabled()]);
			if (inputs === this.#requested) return;
			this.#requested = inputs;
			this.#cancelQuietly();
			this.#setResult(null);
			this.#schedule();
		});
	}

	/** Cancels a running extraction without an event: its result is not needed any more. */
	#cancelQuietly(): void {
		const running = this.#running;
		this.#running = null;
		running?.abort();
		this.#showStatus("");
	}

	#text(): string {
		return (this.text ?? this.textContent ?? "").trim();
	}

	#schedule(): void {
		this.#visibility?.disconnect();
		this.#visibility = null;
		this.#showIdle();
		if (this.trigger === "manual" || this.#isDisabled() || this.#text() === "") return;
		const start = () => void this.extract().catch(() => undefined);
		if (this.trigger === "load" || !globalThis.IntersectionObserver) {
			start();
			return;
		}
		this.#visibility = new IntersectionObserver((entries) => {
			if (!entries.some(({ isIntersecting }) => isIntersecting)) return;
			this.#visibility?.disconnect();
			this.#visibility = null;
			start();
		});
		this.#visibility.observe(this);
	}

	#isDisabled(): boolean {
		return this.disabled || (this.isConnected && this.matches(":disabled"));
	}

	#setResult(result: ExtractionResult | null): void {
		this.#result = result;
		this.#internals?.setFormValue(result ? JSON.stringify(result) : null);
		if (!this.#parts || result) return;
		this.#parts.result.hidden = true;
		this.#parts.slot.hidden = false;
	}

	async #draw(result: ExtractionResult): Promise<void> {
		if (!this.#parts) return;
		const { root, result: place, slot } = this.#parts;
		this.#drawn ??= import("./view.tsx").then(({ drawIn, RESULT_CSS }) => {
			root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheetOf(RESULT_CSS)];
			return drawIn(place);
		});
		(await this.#drawn).show(result, this.#pictureUrl, allowedTypes(this));
		place.hidden = false;
		slot.hidden = true;
	}

	#showPicture(bytes: Uint8Array | null): void {
		if (this.#pictureUrl) URL.revokeObjectURL(this.#pictureUrl);
		this.#pictureUrl = bytes ? URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>])) : null;
	}

	#showRunning(): void {
		if (!this.#parts) return;
		const { button, progress, error } = this.#parts;
		error.hidden = true;
		progress.hidden = false;
		progress.removeAttribute("value");
		button.hidden = false;
		button.disabled = false;
		button.textContent = t("element.cancel");
		this.#showStatus(t("element.starting"));
	}

	/** The button while nothing runs: it starts, or tries again. */
	#showIdle(): void {
		if (!this.#parts || this.#running) return;
		const { button, progress, error } = this.#parts;
		progress.hidden = true;
		button.disabled = this.#isDisabled();
		button.hidden = this.#result !== null && error.hidden;
		button.textContent = t(error.hidden ? "element.extract" : "element.again");
	}

	/** The words that stand there now, in the language of now. */
	#speak(): void {
		if (!this.#parts) return;
		this.#parts.progress.setAttribute("aria-label", t("element.progress"));
		if (this.#running) this.#parts.button.textContent = t("element.cancel");
		else this.#showIdle();
	}

	#showProgress(progress: Progress): void {
		if (this.#parts && progress.total > 0) {
			this.#parts.progress.max = progress.total;
			this.#parts.progress.value = progress.done;
		} else this.#parts?.progress.removeAttribute("value");
		this.#showStatus(`${t(`stage.${progress.stage}`)}…`);
		this.#dispatch("umie-progress", progress);
	}

	/** The visitor is told what they can do, the page's program what its author can. */
	#showFailure(error: unknown): void {
		const { code, what, remedy } = toFailureData(error, "element");
		this.#showStatus(code === "cancelled" ? t("element.cancelled") : "");
		if (this.#parts && code !== "cancelled") {
			this.#parts.error.textContent = `${what} ${remedy}`;
			this.#parts.error.hidden = false;
		}
		this.#dispatch("umie-error", toFailureData(error, "api"));
	}

	#showStatus(text: string): void {
		if (this.#parts && this.#parts.status.textContent !== text) this.#parts.status.textContent = text;
	}

	#dispatch<Name extends keyof EventDetails>(name: Name, detail: EventDetails[Name]): void {
		this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
	}
}

/** Properties that reflect the attributes. */
for (const name of NAMES) {
	const isSwitch = ATTRIBUTES[name].kind === "switch";
	Object.defineProperty(UmieExtractorElement.prototype, name, {
		configurable: true,
		enumerable: true,
		get(this: HTMLElement) {
			return isSwitch ? this.hasAttribute(name) : this.getAttribute(name);
		},
		set(this: HTMLElement, value: unknown) {
			if (isSwitch) this.toggleAttribute(name, Boolean(value));
			else if (value === null || value === undefined) this.removeAttribute(name);
			else this.setAttribute(name, String(value));
		},
	});
}

interface Parts {
	readonly root: ShadowRoot;
	readonly slot: HTMLSlotElement;
	readonly status: HTMLElement;
	readonly progress: HTMLProgressElement;
	readonly error: HTMLElement;
	readonly button: HTMLButtonElement;
	readonly result: HTMLElement;
}

/** A style sheet that needs no permission in the page's policy: it is made here, not written into the page. */
function sheetOf(css: string): CSSStyleSheet {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(css);
	return sheet;
}

function buildShadow(host: HTMLElement): Parts {
	const root = host.attachShadow({ mode: "open", delegatesFocus: true });
	root.adoptedStyleSheets = [sheetOf(elementCss)];
	const add = <Name extends keyof HTMLElementTagNameMap>(
		parent: ParentNode,
		name: Name,
		part: string,
	): HTMLElementTagNameMap[Name] => {
		const made = host.ownerDocument.createElement(name);
		if (part !== "") made.setAttribute("part", part);
		parent.append(made);
		return made;
	};
	const frame = add(root, "div", "frame");
	add(frame, "slot", "").name = "header";
	const slot = add(frame, "slot", "");
	const result = add(frame, "div", "result");
	const progress = add(frame, "progress", "progress");
	progress.setAttribute("aria-label", t("element.progress"));
	const status = add(frame, "p", "status");
	status.setAttribute("role", "status");
	const error = add(frame, "p", "error");
	error.setAttribute("role", "alert");
	const button = add(frame, "button", "button");
	button.type = "button";
	add(frame, "slot", "").name = "footer";
	for (const part of [result, progress, error]) part.hidden = true;
	return { root, slot, status, progress, error, button, result };
}

/** Defines `<umie-extractor>` on the page. A second call, or a second copy of this module, changes nothing. */
export function defineUmieExtractor(): void {
	if (globalThis.customElements && !customElements.get(TAG)) customElements.define(TAG, UmieExtractorElement);
}

declare global {
	interface HTMLElementTagNameMap {
		[TAG]: UmieExtractorElement;
	}
}
