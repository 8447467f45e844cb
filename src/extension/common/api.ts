/** The part of the browsers' extension API that is used here, as types, and where it is found. */

/** A listener list of the browser. A message listener that returns `true` answers later. */
interface BrowserEvent<Listener> {
	addListener(listener: Listener): void;
	removeListener(listener: Listener): void;
}

interface Sender {
	readonly id?: string;
	readonly url?: string;
	readonly tab?: Tab;
}

export interface Tab {
	readonly id?: number;
	readonly url?: string;
	readonly windowId: number;
}

export interface Port {
	readonly name: string;
	readonly sender?: Sender;
	readonly onMessage: BrowserEvent<(message: unknown) => void>;
	readonly onDisconnect: BrowserEvent<() => void>;
	postMessage(message: unknown): void;
	disconnect(): void;
}

export interface ContentScript {
	readonly id: string;
	readonly matches: readonly string[];
	readonly js: readonly string[];
	readonly runAt: "document_idle";
}

interface Target {
	readonly tabId: number;
}

export interface MenuClick {
	readonly menuItemId: string | number;
	readonly srcUrl?: string;
}

interface BrowserApi {
	readonly runtime: {
		readonly id: string;
		readonly onMessage: BrowserEvent<
			(message: unknown, sender: Sender, answer: (value: unknown) => void) => true | undefined
		>;
		readonly onConnect: BrowserEvent<(port: Port) => void>;
		readonly onInstalled: BrowserEvent<() => void>;
		readonly onStartup: BrowserEvent<() => void>;
		sendMessage(message: unknown): Promise<unknown>;
		connect(options: { readonly name: string }): Port;
		getURL(path: string): string;
		openOptionsPage(): Promise<void>;
		getPlatformInfo(): Promise<unknown>;
	};
	readonly storage: {
		readonly local: {
			get(key: string): Promise<Record<string, unknown>>;
			set(values: Record<string, unknown>): Promise<void>;
		};
		readonly onChanged: BrowserEvent<(changes: Record<string, unknown>, area: string) => void>;
	};
	readonly i18n: { getMessage(key: string, substitutions?: readonly string[]): string; getUILanguage(): string };
	readonly tabs: {
		query(query: { active?: boolean; currentWindow?: boolean }): Promise<Tab[]>;
		sendMessage(tab: number, message: unknown): Promise<unknown>;
		create(tab: { url: string }): Promise<Tab>;
	};
	readonly scripting: {
		getRegisteredContentScripts(): Promise<ContentScript[]>;
		registerContentScripts(scripts: ContentScript[]): Promise<void>;
		unregisterContentScripts(filter: { ids: string[] }): Promise<void>;
		executeScript(injection: { target: Target; files: string[] }): Promise<unknown>;
	};
	readonly permissions: {
		readonly onAdded: BrowserEvent<() => void>;
		readonly onRemoved: BrowserEvent<() => void>;
		contains(permissions: { origins: string[] }): Promise<boolean>;
		request(permissions: { origins: string[] }): Promise<boolean>;
		remove(permissions: { origins: string[] }): Promise<boolean>;
	};
	readonly contextMenus: {
		readonly onClicked: BrowserEvent<(click: MenuClick, tab?: Tab) => void>;
		create(item: { id: string; title: string; contexts: string[] }): void;
		removeAll(): Promise<void>;
	};
	readonly commands: { readonly onCommand: BrowserEvent<(command: string, tab?: Tab) => void> };
	/** Chrome only. */
	readonly offscreen?: {
		createDocument(options: { url: string; reasons: string[]; justification: string }): Promise<void>;
		hasDocument(): Promise<boolean>;
	};
	/** Chrome only. */
	readonly sidePanel?: { open(options: { windowId: number }): Promise<void> };
	/** Firefox only. */
	readonly sidebarAction?: { open(): Promise<void> };
}

const scope = globalThis as { browser?: BrowserApi; chrome?: BrowserApi };

/** Firefox offers promises under `browser`, Chrome under `chrome`. Outside an extension, in tests, it is undefined. */
export const api = (scope.browser?.runtime ? scope.browser : scope.chrome) as BrowserApi;
