/** Keeps the values that were used last, by key. */

interface Recent<Value> {
	get(key: string): Value | undefined;
	set(key: string, value: Value): void;
	clear(): void;
	readonly size: number;
}

/** @param limit values kept at most; the one that was unused for longest goes first */
export function createRecent<Value>(limit: number): Recent<Value> {
	const values = new Map<string, Value>();
	return {
		get(key) {
			const value = values.get(key);
			if (value !== undefined) {
				// A map keeps the order of insertion: put back, it is the newest.
				values.delete(key);
				values.set(key, value);
			}
			return value;
		},
		set(key, value) {
			values.delete(key);
			values.set(key, value);
			for (const oldest of values.keys()) {
				if (values.size <= limit) break;
				values.delete(oldest);
			}
		},
		clear: () => values.clear(),
		get size() {
			return values.size;
		},
	};
}
