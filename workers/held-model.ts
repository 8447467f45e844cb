/** Holds the one open model of an engine, and opens it again when its device was lost. */
import { Failure } from "../src/core/failure.ts";
import type { Attention } from "./model/sessions.ts";
import { closeModel, type OpenModel } from "./open-model.ts";

/** What was opened last. `model` is null while its device is lost. */
interface Opened {
	model: OpenModel | null;
	readonly reopen: (attention: Attention) => Promise<OpenModel>;
}

export class HeldModel {
	#opened: Opened | null = null;

	/** @param reopen opens the same model again */
	hold(model: OpenModel, reopen: Opened["reopen"]): void {
		this.#opened = { model, reopen };
	}

	/**
	 * Lets go of the model at once, so that nothing new runs on it.
	 * @returns frees it; the caller must call that once nothing runs on it. A run may open it again until then.
	 */
	release(): () => Promise<void> {
		const before = this.#opened;
		this.#opened = null;
		return () => closeModel(before?.model ?? null);
	}

	/** @throws Failure `not-open` */
	get(): OpenModel {
		const { model } = this.#current();
		if (model === null) throw new Failure("not-open", "The device that the model ran on was lost.");
		return model;
	}

	/**
	 * Runs `work` on the model. A lost device is opened again once, and the work runs again.
	 * @throws Failure `not-open`
	 */
	async use<T>(attention: Attention, work: (model: OpenModel) => Promise<T>): Promise<T> {
		const at = this.#current();
		try {
			at.model ??= await at.reopen(attention);
			return await work(at.model);
		} catch (error) {
			if (!(error instanceof Failure) || error.code !== "device-lost") throw error;
			const lost = at.model;
			at.model = null;
			await closeModel(lost);
			at.model = await at.reopen(attention);
			return work(at.model);
		}
	}

	#current(): Opened {
		if (this.#opened === null) throw new Failure("not-open", "No model is open.");
		return this.#opened;
	}
}
