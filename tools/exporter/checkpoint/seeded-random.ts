/** Makes numbers from a seed and a name that look random and are the same on every machine. */

/** What mulberry32 adds to its state for every number: the n-th number is found without those before it. */
const STEP = 0x6d2b79f5;

/**
 * mulberry32, started from the seed and an FNV-1a hash of the name.
 * @param skipped numbers to leave out first
 * @returns numbers in [0, 1)
 */
export function seededRandom(seed: number, name: string, skipped = 0): () => number {
	let state = seed ^ 0x811c9dc5;
	for (const letter of name) state = Math.imul(state ^ letter.charCodeAt(0), 0x01000193);
	state += Math.imul(skipped, STEP);
	return () => {
		state = (state + STEP) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** Normal numbers around 0 (Box and Muller). */
export function seededNormals(size: number, deviation: number, random: () => number): Float32Array {
	const out = new Float32Array(size);
	for (let i = 0; i < size; i += 2) {
		// 1 − x is never 0, whose logarithm would be infinite.
		const radius = deviation * Math.sqrt(-2 * Math.log(1 - random()));
		const angle = 2 * Math.PI * random();
		out[i] = radius * Math.cos(angle);
		if (i + 1 < size) out[i + 1] = radius * Math.sin(angle);
	}
	return out;
}
