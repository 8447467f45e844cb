/** The known sites: which site a page belongs to, and which hosts a person allows when switching that site on. */

export const SITE_IDS = [
	"x",
	"bluesky",
	"mastodon",
	"reddit",
	"threads",
	"linkedin",
	"facebook",
	"instagram",
	"tiktok",
	"youtube",
	"hacker-news",
	"generic",
] as const;
export type SiteId = (typeof SITE_IDS)[number];

interface KnownSite {
	readonly name: string;
	/** Hosts without subdomains. Mastodon runs on any host and is recognised by its page. */
	readonly hosts: readonly string[];
}

export const KNOWN_SITES: Readonly<Record<Exclude<SiteId, "generic">, KnownSite>> = {
	x: { name: "X", hosts: ["x.com", "twitter.com"] },
	bluesky: { name: "Bluesky", hosts: ["bsky.app"] },
	mastodon: {
		name: "Mastodon",
		hosts: ["mastodon.social", "mastodon.online", "mstdn.social", "fosstodon.org", "hachyderm.io"],
	},
	reddit: { name: "Reddit", hosts: ["reddit.com"] },
	threads: { name: "Threads", hosts: ["threads.com", "threads.net"] },
	linkedin: { name: "LinkedIn", hosts: ["linkedin.com"] },
	facebook: { name: "Facebook", hosts: ["facebook.com"] },
	instagram: { name: "Instagram", hosts: ["instagram.com"] },
	tiktok: { name: "TikTok", hosts: ["tiktok.com"] },
	youtube: { name: "YouTube", hosts: ["youtube.com"] },
	"hacker-news": { name: "Hacker News", hosts: ["news.ycombinator.com"] },
};

/** What a person switches on and off. */
export interface Site {
	/** Key in the settings: a known site's id, or a host. */
	readonly key: string;
	readonly name: string;
	/** Match patterns, which are also the permissions to request. */
	readonly origins: readonly string[];
}

const belongsTo = (host: string, known: string): boolean => host === known || host.endsWith(`.${known}`);

/** The known site that an address belongs to; null for every other page. */
export function knownSite(address: URL): Exclude<SiteId, "generic"> | null {
	for (const [id, { hosts }] of Object.entries(KNOWN_SITES)) {
		if (hosts.some((host) => belongsTo(address.hostname, host))) return id as Exclude<SiteId, "generic">;
	}
	return null;
}

/** The site of a page; null for pages that extensions cannot read, such as the browser's settings and local files. */
export function siteOf(address: string): Site | null {
	const url = URL.canParse(address) ? new URL(address) : null;
	if (!url || (url.protocol !== "https:" && url.protocol !== "http:")) return null;
	const id = knownSite(url);
	// Every Mastodon server is a site of its own: allowing one must not allow the others.
	if (id === null || id === "mastodon")
		return { key: url.host, name: url.hostname, origins: [`${url.protocol}//${url.hostname}/*`] };
	const { name, hosts } = KNOWN_SITES[id];
	return { key: id, name, origins: hosts.flatMap((host) => [`https://${host}/*`, `https://*.${host}/*`]) };
}
