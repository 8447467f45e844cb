/** Measures milliseconds by stage. */
export class Clock {
	readonly #spent = new Map<string, number>();
	readonly #started = performance.now();

	readonly add = (stage: string, milliseconds: number): void => {
		this.#spent.set(stage, (this.#spent.get(stage) ?? 0) + milliseconds);
	};

	/** Begins a stage. Call what it returns at the end of the stage. */
	start(stage: string): () => void {
		const started = performance.now();
		return () => this.add(stage, performance.now() - started);
	}

	/** With `total`, everything else included. */
	read(): Record<string, number> {
		const round = (milliseconds: number) => Math.round(milliseconds * 100) / 100;
		return {
			...Object.fromEntries([...this.#spent].map(([stage, spent]) => [stage, round(spent)])),
			total: round(performance.now() - this.#started),
		};
	}
}
