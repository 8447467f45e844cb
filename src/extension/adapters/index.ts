/** The adapters of all sites, and the choice of one for a page. */
import { knownSite, type SiteId } from "../common/sites.ts";
import { bluesky } from "./bluesky.ts";
import { facebook } from "./facebook.ts";
import { generic } from "./generic.ts";
import { hackerNews } from "./hacker-news.ts";
import { instagram } from "./instagram.ts";
import { linkedin } from "./linkedin.ts";
import { isMastodon, mastodon } from "./mastodon.ts";
import { reddit } from "./reddit.ts";
import { threads } from "./threads.ts";
import { tiktok } from "./tiktok.ts";
import type { SiteAdapter } from "./types.ts";
import { x } from "./x.ts";
import { youtube } from "./youtube.ts";

export const ADAPTERS: Readonly<Record<SiteId, SiteAdapter>> = {
	x,
	bluesky,
	mastodon,
	reddit,
	threads,
	linkedin,
	facebook,
	instagram,
	tiktok,
	youtube,
	"hacker-news": hackerNews,
	generic,
};

export function adapterFor(address: URL, page: Document): SiteAdapter {
	const known = knownSite(address);
	if (known) return ADAPTERS[known];
	return isMastodon(page) ? mastodon : generic;
}
