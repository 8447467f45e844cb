/** Gets the value of a key, and makes it at the first question: children of a trie, and what is worked out once. */
export function childOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
	let value = map.get(key);
	if (value === undefined) {
		value = make();
		map.set(key, value);
	}
	return value;
}
