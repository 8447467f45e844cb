/** The options page: all settings, a bundle of one's own, and the sites that are switched on. */
import { toFailureData } from "../../core/failure.ts";
import { api } from "../common/api.ts";
import { t } from "../common/i18n.ts";
import { changeSettings, LABEL_LISTS, loadSettings, type Settings } from "../common/settings.ts";
import { keepOwnModel } from "../host/own-model.ts";
import { button, element } from "../view/dom.ts";
import { settingsForm } from "./form.ts";
import { byId, translate } from "./page.ts";

/** The path of a picked file without the folder's own name: "folder/umie.json" becomes "umie.json". */
const pathInFolder = (file: File): string => file.webkitRelativePath.split("/").slice(1).join("/") || file.name;

async function keep(files: readonly File[]): Promise<void> {
	const status = byId("kept");
	try {
		const name = await keepOwnModel(files.map((file) => ({ path: pathInFolder(file), file })));
		await changeSettings(() => ({ model: "own" }));
		status.textContent = t("folderKept", name);
		await draw();
	} catch (error) {
		const { what, remedy } = toFailureData(error, "extension");
		status.textContent = `${what} ${remedy}`;
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
	byId("settings").replaceChildren(
		settingsForm(settings, ["tasks", ...LABEL_LISTS, "sensitive", "model", "device", "beams"]),
	);
	drawSites(settings);
}

translate("optionsTitle");
byId("folder").addEventListener("change", ({ target }) => {
	if (target instanceof HTMLInputElement && target.files) void keep([...target.files]);
});
void draw();
