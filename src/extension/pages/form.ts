/** Makes the form fields of settings, which change them at once. The popup has some, the options page all of them. */
import { LIGHT_MODEL } from "../../bundle/built-in.ts";
import { DEVICE_NAMES, DEVICE_TITLES, type DeviceName } from "../../core/devices.ts";
import { checkLabels } from "../../tasks/labels.ts";
import { REQUEST_OPTIONS } from "../../tasks/request.ts";
import { type MessageKey, t } from "../common/i18n.ts";
import { changeSettings, LABEL_LISTS, type LabelList, type Settings } from "../common/settings.ts";
import { element } from "../view/dom.ts";

type FieldName = "tasks" | LabelList | "sensitive" | "model" | "device" | "beams";

const TASKS: ReadonlyArray<readonly [Settings["tasks"][number], MessageKey]> = [
	["mner", "entities"],
	["mre", "relations"],
	["mee", "events"],
];

const FIELDS: Readonly<Record<FieldName, (settings: Settings) => HTMLElement>> = {
	tasks: tasksField,
	...(Object.fromEntries(
		LABEL_LISTS.map((list) => [list, (settings: Settings) => labelsField(list, settings)]),
	) as Record<LabelList, (settings: Settings) => HTMLElement>),
	sensitive: ({ sensitive }) =>
		checkbox(t("showSensitive"), sensitive, (on) => void changeSettings(() => ({ sensitive: on }))),
	model: (settings) =>
		choiceField("model", "model", settings.model, [
			["built-in", t("modelBuiltIn", LIGHT_MODEL)],
			["own", t("modelOwn")],
		]),
	device: (settings) =>
		choiceField("device", "device", settings.device, [
			["auto", t("deviceAuto")],
			...DEVICE_NAMES.map((name) => [name, deviceLabel(name)] as const),
		]),
	beams: ({ beams }) => {
		const { min, max } = REQUEST_OPTIONS.beams;
		const input = element("input", { type: "number", min: String(min), max: String(max), value: String(beams) });
		input.addEventListener("change", () => void changeSettings(() => ({ beams: Math.round(input.valueAsNumber) })));
		return labelled("beams", input);
	},
};

/** Titles that somebody has translated; other devices have their English one. */
const DEVICE_LABELS: Partial<Record<DeviceName, MessageKey>> = { webgpu: "deviceWebgpu", wasm: "deviceWasm" };

function deviceLabel(name: DeviceName): string {
	const key = DEVICE_LABELS[name];
	return key === undefined ? DEVICE_TITLES[name].long : t(key);
}

export function settingsForm(settings: Settings, names: readonly FieldName[]): HTMLElement {
	return element("form", { class: "form" }, ...names.map((name) => FIELDS[name](settings)));
}

const labelled = (label: MessageKey, field: HTMLElement): HTMLElement =>
	element("label", { class: "field" }, element("span", {}, t(label)), field);

/** A checkbox with its label. */
export function checkbox(label: string, checked: boolean, onChange: (checked: boolean) => void): HTMLElement {
	const box = element("input", { type: "checkbox" });
	box.checked = checked;
	box.addEventListener("change", () => onChange(box.checked));
	return element("label", { class: "check" }, box, label);
}

function tasksField({ tasks }: Settings): HTMLElement {
	const chosen = new Set(tasks);
	const boxes = TASKS.map(([task, label]) =>
		checkbox(t(label), chosen.has(task), (checked) => {
			if (checked) chosen.add(task);
			else chosen.delete(task);
			// One task at least must be chosen.
			void changeSettings(() => ({
				tasks: chosen.size > 0 ? TASKS.map(([name]) => name).filter((name) => chosen.has(name)) : ["mner"],
			}));
		}),
	);
	return element("fieldset", {}, element("legend", {}, t("tasks")), ...boxes);
}

function labelsField(list: LabelList, { labels }: Settings): HTMLElement {
	const field = element("textarea", { rows: "2", placeholder: t("labelsHint") }, labels[list]?.join(", ") ?? "");
	const problem = element("span", { class: "problem", role: "status" });
	field.addEventListener("change", () => {
		const values = parseLabels(field.value);
		problem.textContent = values === "invalid" ? t("labelsInvalid") : "";
		field.setAttribute("aria-invalid", String(values === "invalid"));
		if (values === "invalid") return;
		void changeSettings(({ labels: before }) => ({ labels: { ...before, [list]: values ?? undefined } }));
	});
	return element("div", {}, labelled(list, field), problem);
}

/** Null when nothing was typed: the model's own labels. */
function parseLabels(typed: string): string[] | null | "invalid" {
	const pieces = typed.split(/[,\n]/).map((piece) => piece.trim().replace(/\s+/g, " "));
	const values = pieces.filter((piece) => piece !== "");
	try {
		return values.length === 0 ? null : checkLabels(values, "labels");
	} catch {
		return "invalid";
	}
}

function choiceField<Name extends "model" | "device">(
	name: Name,
	label: MessageKey,
	chosen: string,
	choices: ReadonlyArray<readonly [Settings[Name], string]>,
): HTMLElement {
	const select = element("select", {}, ...choices.map(([value, text]) => element("option", { value }, text)));
	select.value = chosen;
	select.addEventListener("change", () => void changeSettings(() => ({ [name]: select.value }) as Partial<Settings>));
	return labelled(label, select);
}
