/** Sums a manifest up in words for a person: its size and its languages. */
import type { Manifest } from "../../bundle/manifest.ts";
import { t } from "../../messages/app.ts";
import { formatList, languageTitle } from "../../messages/messages.ts";

/** Names in a line; of more, the rest is counted. */
const MAX_NAMED = 10;

/** Bytes of all files. */
export const bundleBytes = ({ files }: Pick<Manifest, "files">): number =>
	Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);

/**
 * "English", "English, German and Polish", or "" where the manifest names none. A code without a name stays as it is.
 */
export function languagesText({ languages }: Pick<Manifest, "languages">): string {
	const named = languages.slice(0, MAX_NAMED).map(languageTitle);
	const others = languages.length - named.length;
	return formatList(others > 0 ? [...named, t("model.moreLanguages", { count: others })] : named);
}
