/**
 * The one table of what tasks, types, relations, events and roles are called. Labels stay as models spell them in
 * results and files; what is not in the table (a person's own label) is its own name.
 */
import { messages } from "./en/names.ts";
import { type Area, defineArea } from "./messages.ts";

const area: Area<typeof messages> = defineArea(messages, {
	de: () => import("./de/names.ts"),
	es: () => import("./es/names.ts"),
	fr: () => import("./fr/names.ts"),
	ja: () => import("./ja/names.ts"),
	zh: () => import("./zh/names.ts"),
});

/** The tables of names. */
export type NameKind = "task" | "model" | "entity" | "relation" | "event" | "role";

/** What a person calls a task, or a label of a model. */
export const nameOf = (kind: NameKind, label: string): string => area.find(`${kind}.${label}`) ?? label;

/** One sentence that says what a task finds. */
export const taskHint = (task: string): string => nameOf("task", `${task}.hint`);
