/** Goes in: the extension in a real Chromium. Comes out: whether it reads replicas of the feeds, survives what they do, and leaves no trace. */
import { expect, test } from "@playwright/test";
import { createEye, type Installed, install, openReplica, switchOffAll, switchOn } from "./extension-page.ts";
import { path } from "./page.ts";

let umie: Installed;
test.beforeAll(async () => {
	umie = await install();
});
test.afterAll(async () => {
	await umie.close();
});

for (const site of ["x", "bluesky", "mastodon", "reddit"] as const) {
	test(`${site}: a click on a post's button marks its words, draws boxes and opens the card`, async () => {
		await switchOn(umie, site);
		const page = await openReplica(umie, site);
		const eye = await createEye(page);
		await expect.poll(async () => (await eye()).badges.length).toBeGreaterThan(1);
		const { badges } = await eye();
		await page.mouse.click(badges[0]!.x, badges[0]!.y);
		await expect.poll(async () => (await eye()).marked, { timeout: 30_000 }).toContain("LeBron James");
		console.log(site, JSON.stringify(await eye()));
		await page.screenshot({ path: path(`./screenshots/extension-${site}.png`) });
		await page.close();
		await switchOffAll(umie);
	});
}
