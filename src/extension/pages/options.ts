/** Goes in: the person's settings. Comes out: the options page: all of them, a model of one's own, and the sites that were switched on. */
import { toFailureData } from "../../core/failure.ts";
import { api } from "../common/api.ts";
import { t } from "../common/i18n.ts";
import { changeSettings, LABEL_LISTS, loadSettings, type Settings } from "../common/settings.ts";
import { button, element } from "../content/dom.ts";
import { keepOwnModel } from "../host/own-model.ts";
import { settingsForm } from "./form.ts";
import { byId, translate } from "./page.ts";

/** "folder/umie.json" as the picker says it, without the folder's own name. */
const inFolder = (file: File): string => file.webkitRelativePath.split("/").slice(1).join("/") || file.name;

async function keep(files: readonly File[]): Promise<void> {
	const said = byId("kept");
	try {
		const name = await keepOwnModel(files.map((file) => ({ path: inFolder(file), file })));
		await changeSettings(() => ({ model: "own" }));
		said.textContent = t("folderKept", name);
		await draw();
	} catch (error) {
		const { what, remedy } = toFailureData(error);
		said.textContent = `${what} ${remedy}`;
	}
}

function drawSites({ sites }: Settings): void {
	const rows = Object.entries(sites).map(([key, { name, origins }]) => {
		const remove = async () => {
			await changeSettings(({ sites: all }) => ({
				sites: Object.fromEntries(Object.entries(all).filter(([other]) => other !== key)),
			}));
			await api.permissions.remove({ origins: [...origins] });
			await draw();
		};
		return element(
			"li",
			{},
			name,
			button({ class: "button" }, () => void remove(), t("remove")),
		);
	});
	byId("sites").replaceChildren(
		rows.length > 0 ? element("ul", { class: "site-list" }, ...rows) : element("p", { class: "quiet" }, t("noSites")),
	);
}

async function draw(): Promise<void> {
	const settings = await loadSettings();
	byId("settings").replaceChildren(settingsForm(settings, ["tasks", ...LABEL_LISTS, "model", "device", "beams"]));
	drawSites(settings);
}

translate("optionsTitle");
byId("folder").addEventListener("change", ({ target }) => {
	if (target instanceof HTMLInputElement && target.files) void keep([...target.files]);
});
void draw();
