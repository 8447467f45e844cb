/** The entry of the content script: turns the overlay on and off, and answers the background and the popup. */
import type { AllowedTypes } from "../../core/sensitive.ts";
import { adapterFor } from "../adapters/index.ts";
import { api } from "../common/api.ts";
import { t } from "../common/i18n.ts";
import type { PageSettings, PageStatus, ToContent } from "../common/messages.ts";
import { KNOWN_SITES } from "../common/sites.ts";
import { type Controller, createController } from "./controller.ts";
import { createJobs } from "./jobs.ts";
import css from "./overlay.css?inline";
import { createOverlay } from "./overlay.ts";

/**
 * The script may be put into a page twice: by its registration, and by a click. The page's own scripts do not see this
 * mark. It is a symbol of this script's own global object: an element with an id becomes a property that its window
 * has inherited, and only ever a named one.
 */
const HERE = Symbol.for("umie");

function start(): void {
	const adapter = adapterFor(new URL(location.href), document);
	let controller: Controller | null = null;
	let on = false;
	let allowed: AllowedTypes = [];

	const startController = (): Controller => {
		if (controller) return controller;
		const overlay = createOverlay(css);
		controller = createController({ adapter, overlay, jobs: createJobs() });
		controller.allow(allowed);
		return controller;
	};

	async function follow(): Promise<void> {
		const settings = (await api.runtime.sendMessage({ kind: "page" })) as PageSettings | null;
		const before = on;
		on = settings?.on === true;
		allowed = settings?.allowed ?? [];
		controller?.allow(allowed);
		if (on) startController().watch(settings?.auto === true);
		// A card that was requested from a menu stays until it is closed.
		if (on || !before) return;
		controller?.stop();
		controller = null;
	}

	function status(): PageStatus {
		const { posts, done, trouble } = controller?.status() ?? { posts: 0, done: 0, trouble: null };
		const name = adapter.id === "generic" ? location.hostname : KNOWN_SITES[adapter.id].name;
		return { on, site: adapter.id, posts, done, trouble: trouble && t(trouble, name) };
	}

	const ANSWERS: { readonly [Kind in ToContent["kind"]]: (message: Extract<ToContent, { kind: Kind }>) => unknown } = {
		changed: () => void follow(),
		wish: ({ wish }) => startController().fulfil(wish),
		status,
	};
	api.runtime.onMessage.addListener((message, sender, answer) => {
		const received = message as ToContent;
		if (sender.tab || !Object.hasOwn(ANSWERS, received.kind)) return undefined;
		answer((ANSWERS[received.kind] as (message: ToContent) => unknown)(received) ?? null);
		return undefined;
	});
	void follow();
}

if (!Object.hasOwn(globalThis, HERE)) {
	Object.defineProperty(globalThis, HERE, { value: true });
	start();
}
