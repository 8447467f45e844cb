/** Shows records about race, religion and criminal charges only where a person wants them; says what is hidden. */
import { createContext, type ReactNode, useContext, useMemo, useState } from "react";
import type { ExtractionResult } from "../core/result.ts";
import { type AllowedTypes, countSensitive, type SensitiveTopic, withoutSensitive } from "../core/sensitive.ts";
import { formatList } from "../messages/messages.ts";
import { t } from "../messages/ui.ts";

/** The sensitive types that are shown here; the page around says so. */
export const AllowedContext = createContext<AllowedTypes>([]);

const topicName = (topic: SensitiveTopic): string => t(`sensitive.${topic}`);

/** "2 records about religion and criminal charges", in the person's language. */
export function sensitiveText(results: readonly ExtractionResult[], allowed: AllowedTypes): string | null {
	const found = results.map((result) => countSensitive(result, allowed));
	const count = found.reduce((sum, one) => sum + one.count, 0);
	if (count === 0) return null;
	const topics = [...new Set(found.flatMap((one) => one.topics))];
	return t("sensitive.hidden", { count, topics: formatList(topics.map(topicName)) });
}

/** The result as it may be shown, and a note that says what is hidden, with a button that shows it. */
export function useSensitive(whole: ExtractionResult): {
	readonly result: ExtractionResult;
	readonly note: ReactNode;
} {
	const given = useContext(AllowedContext);
	const [opened, setOpened] = useState(false);
	const allowed = opened ? "all" : given;
	const result = useMemo(() => withoutSensitive(whole, allowed), [whole, allowed]);
	const hidden = sensitiveText([whole], given);
	const note = hidden && (
		<p className="note">
			{hidden}{" "}
			<button type="button" className="button small" aria-pressed={opened} onClick={() => setOpened(!opened)}>
				{t("sensitive.show")}
			</button>
		</p>
	);
	return { result, note };
}
