/** Sums a manifest up in words for a person: its size and its languages. */
import type { Manifest } from "../../bundle/manifest.ts";

/** Names in a line; of more, the rest is counted. */
const MAX_NAMED = 10;

/** Bytes of all files. */
export const bundleBytes = ({ files }: Pick<Manifest, "files">): number =>
	Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * "English", "English, German and Polish", or "" where the manifest names none. A code without a name stays as it is.
 */
export function languagesText({ languages }: Pick<Manifest, "languages">): string {
	const names = new Intl.DisplayNames(["en"], { type: "language" });
	const nameOf = (code: string): string => {
		try {
			return names.of(code) ?? code;
		} catch {
			return code.slice(0, 40);
		}
	};
	const named = languages.slice(0, MAX_NAMED).map(nameOf);
	const others = languages.length - named.length;
	return new Intl.ListFormat("en-GB").format(others > 0 ? [...named, `${others} more`] : named);
}
