/**
 * A feed that scrolls without end, re-renders, edits, deletes and navigates, as the sites do. It is given the markup of
 * one post, and how the site keeps its list.
 */
const { site, template, sentences, media, count } = JSON.parse(document.getElementById("replica").textContent);
const feed = document.getElementById("feed");
const scroller = site === "mastodon" ? feed : document.scrollingElement;
const escapeHtml = (text) => text.replace(/[&<>"]/g, (letter) => `&#${letter.codePointAt(0)};`);

const posts = Array.from({ length: count }, (_, index) => ({
	id: String(index + 1),
	author: `author${index + 1}.example.org`,
	name: `Author ${index + 1}`,
	title: `Post ${index + 1}`,
	// Every post is another text, so that none is known from before.
	text: `${sentences[index % sentences.length]} ${index + 1}`,
	image: media[index % media.length],
}));

function render(post) {
	const holder = document.createElement("div");
	holder.innerHTML = template.replace(/%(\w+)%/g, (_, name) => escapeHtml(post[name] ?? ""));
	for (const image of holder.querySelectorAll("img"))
		if (image.getAttribute("src") === "")
			image
				.closest(
					"picture, [data-testid=tweetPhoto], [data-expoimage], .media-gallery, .picture, [slot=post-media-container]",
				)
				?.remove();
	return holder.firstElementChild;
}

/** X: only what is near the window is in the page; elements stand at absolute places and come and go. */
const HEIGHT = 420;
const shown = new Map();
function renderWindow() {
	const first = Math.max(0, Math.floor(scrollY / HEIGHT) - 2);
	const last = Math.min(posts.length, Math.ceil((scrollY + innerHeight) / HEIGHT) + 2);
	for (const [post, cell] of shown) {
		const index = posts.indexOf(post);
		if (index >= first && index < last) continue;
		cell.remove();
		shown.delete(post);
	}
	for (let index = first; index < last; index++) {
		const post = posts[index];
		let cell = shown.get(post);
		if (!cell) {
			cell = document.createElement("div");
			cell.dataset.testid = "cellInnerDiv";
			cell.append(render(post));
			feed.append(cell);
			shown.set(post, cell);
		}
		const place = `position:absolute;width:100%;height:${HEIGHT}px;transform:translateY(${index * HEIGHT}px)`;
		cell.style.cssText = `${place};overflow:clip`;
	}
	feed.style.height = `${posts.length * HEIGHT}px`;
}

/** Everyone else here: more posts are added when the end comes near, and stay. */
let added = 0;
function addMore() {
	const end = Math.min(posts.length, added + 20);
	feed.append(...posts.slice(added, end).map(render));
	added = end;
}
const virtual = site === "x";
const fill = () => {
	if (virtual) renderWindow();
	else if (scroller.scrollTop + innerHeight > scroller.scrollHeight - 1500) addMore();
};
(site === "mastodon" ? feed : window).addEventListener("scroll", fill, { passive: true });
if (!virtual) addMore();
fill();

/** What a test makes the site do. */
window.theSite = {
	edit(id, text) {
		const post = posts.find((one) => one.id === id);
		post.text = text;
		const old = document.getElementById(`post-${id}`);
		// In place, as frameworks patch text.
		for (const node of old.querySelectorAll(
			"[data-testid=tweetText] > span, [data-testid=postText], .status__content__text > p:first-child, [slot=text-body] p",
		))
			node.firstChild.data = text;
	},
	delete(id) {
		const index = posts.findIndex((one) => one.id === id);
		const [post] = posts.splice(index, 1);
		shown.get(post)?.remove();
		shown.delete(post);
		document.getElementById(`post-${id}`)?.remove();
		added--;
		fill();
	},
	/** New elements for the same posts. */
	rerender() {
		if (virtual) {
			for (const cell of shown.values()) cell.replaceChildren();
			for (const [post, cell] of shown) cell.append(render(post));
		} else feed.replaceChildren(...posts.slice(0, added).map(render));
	},
	/** Another view without a reload. */
	navigate(path) {
		history.pushState(null, "", path);
		for (const cell of shown.values()) cell.remove();
		shown.clear();
		feed.replaceChildren();
		posts.splice(
			0,
			posts.length,
			...posts.slice(99, 109).map((post) => ({ ...post, text: `${post.text} on ${path}` })),
		);
		added = 0;
		scroller.scrollTop = 0;
		fill();
	},
};
