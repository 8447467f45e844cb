/** Lists the corrections of a result: what changed, who changed it and when. */
import type { Correction } from "../core/result.ts";

/** The name of each edit. */
const EDIT_NAMES: Readonly<Record<string, string>> = {
	"add-entity": "Entity added",
	"retype-entity": "Type changed",
	"move-entity": "Words changed",
	"delete-entity": "Entity deleted",
	"add-relation": "Relation added",
	"retype-relation": "Relation changed",
	"delete-relation": "Relation deleted",
	"add-event": "Event added",
	"retype-event": "Event changed",
	"move-event": "Trigger changed",
	"delete-event": "Event deleted",
	"add-argument": "Role added",
	"retype-argument": "Role changed",
	"delete-argument": "Role removed",
	"add-box": "Box added",
	"move-box": "Box moved",
	"delete-box": "Box deleted",
	"link-found": "Boxes found by a detector",
	"set-seen": "Box of an entity changed",
};

/** A record in a few words. */
function short(record: Correction["changes"][number]["to"]): string {
	if (record === null) return "nothing";
	if ("name" in record) return record.name;
	if ("object" in record) return `${record.object} at ${record.box.map(Math.round).join(", ")}`;
	if ("head" in record) return record.type;
	if (!("trigger" in record)) return `“${record.text}” ${record.type}`;
	const roles = record.arguments.map(({ role, span, region }) => `${role} ${span?.text ?? region?.object ?? ""}`);
	return `“${record.trigger.text}” ${record.type}${roles.length > 0 ? ` (${roles.join(", ")})` : ""}`;
}

export function CorrectionLog({ corrections }: { readonly corrections: readonly Correction[] }) {
	return (
		<ol className="correct-log">
			{corrections.map(({ by, at, edit, changes }, index) => {
				const main = changes.at(-1);
				return (
					// biome-ignore lint/suspicious/noArrayIndexKey: corrections have no id, and only the last ever goes
					<li key={index}>
						<strong>{EDIT_NAMES[edit] ?? edit}</strong>
						{main && (
							<>
								: <bdi>{short(main.from)}</bdi> → <bdi>{short(main.to)}</bdi>
							</>
						)}{" "}
						<span className="quiet">
							{by}, {new Date(at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" })}
						</span>
					</li>
				);
			})}
		</ol>
	);
}
