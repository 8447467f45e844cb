/** Goes in: values by key. Comes out: the same values, as long as they are among the last used. */

export interface Recent<Value> {
	get(key: string): Value | undefined;
	set(key: string, value: Value): void;
	clear(): void;
	readonly size: number;
}

/** @param limit most values kept; the one unused for longest goes first */
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
