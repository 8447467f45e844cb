/** Lists the corrections of a result: what changed, who changed it and when. */
import type { Correction } from "../core/result.ts";
import { formatTime } from "../messages/messages.ts";
import { nameOf } from "../messages/names.ts";
import { find, t } from "../messages/ui.ts";

/** The name of an edit; one that a later version wrote is its own name. */
const editName = (edit: string): string => find(`log.${edit}`) ?? edit;

/** A record in a few words. */
function short(record: Correction["changes"][number]["to"]): string {
	if (record === null) return t("log.nothing");
	if ("name" in record) return record.name;
	if ("object" in record) return t("log.box", { box: record.object, place: record.box.map(Math.round).join(", ") });
	if ("head" in record) return nameOf("relation", record.type);
	if (!("trigger" in record)) return t("edit.eventName", { type: nameOf("entity", record.type), text: record.text });
	const roles = record.arguments.map(
		({ role, span, region }) => `${nameOf("role", role)} ${span?.text ?? region?.object ?? ""}`,
	);
	const name = t("edit.eventName", { type: nameOf("event", record.type), text: record.trigger.text });
	return `${name}${roles.length > 0 ? ` (${roles.join(", ")})` : ""}`;
}

export function CorrectionLog({ corrections }: { readonly corrections: readonly Correction[] }) {
	return (
		<ol className="correct-log">
			{corrections.map(({ by, at, edit, changes }, index) => {
				const main = changes.at(-1);
				return (
					// biome-ignore lint/suspicious/noArrayIndexKey: corrections have no id, and only the last ever goes
					<li key={index}>
						<strong>{editName(edit)}</strong>
						{main && (
							<>
								: <bdi>{short(main.from)}</bdi> → <bdi>{short(main.to)}</bdi>
							</>
						)}{" "}
						<span className="quiet">
							{by}, {formatTime(at)}
						</span>
					</li>
				);
			})}
		</ol>
	);
}
