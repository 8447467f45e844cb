/** The style and the script of the HTML report, as text: the report is one file that loads nothing. */

export const STYLE = `
:root {
	color-scheme: light dark;
	--page: light-dark(#f5f4f0, #141517); --surface: light-dark(#ffffff, #1c1e21); --text: light-dark(#1d1c1a, #ecebe8);
	--muted: light-dark(#5d5a54, #a9a8a3); --border: light-dark(#dcd9d1, #35383d);
	--control: light-dark(#8c8981, #72767d);
	--accent: light-dark(#005f95, #6fbdf0);
	--right: light-dark(#d5ecd9, #1f4029); --right-line: light-dark(#1c6b34, #7fd096);
	--wrong: light-dark(#fbdccd, #4d2415); --wrong-line: light-dark(#9c2f00, #ff9d75);
	--missed: light-dark(#dbe7fb, #1d3354); --missed-line: light-dark(#1d4f9c, #8cb8ff);
	font: 16px/1.5 Inter, ui-sans-serif, system-ui, "Segoe UI", Roboto, Arial, sans-serif;
	background: var(--page); color: var(--text);
}
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; }
header, main { max-width: 72rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0.5rem 0 0.25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.125rem; margin: 0 0 0.75rem; }
h3 { font-size: 0.875rem; margin: 0; color: var(--muted); font-weight: 600; overflow-wrap: anywhere; }
section { background: var(--surface); border: 1px solid var(--border); border-radius: 12px; padding: 1rem;
	margin: 0 0 1rem; }
p { margin: 0.25rem 0; max-width: 60rem; }
.scroll { margin-bottom: 0.75rem; }
.muted { color: var(--muted); }
.scroll { overflow-x: auto; }
.scroll:focus-visible, a:focus-visible, input:focus-visible, select:focus-visible {
	outline: 2px solid var(--accent); outline-offset: 2px;
}
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.3rem 0.75rem; border-bottom: 1px solid var(--border); white-space: nowrap; }
th { font-weight: 600; }
th:first-child { text-align: left; }
caption { text-align: left; color: var(--muted); padding-bottom: 0.5rem; }
.cell { background: color-mix(in srgb, var(--tint) calc(var(--share) * 1%), var(--surface)); }
.same { --tint: var(--right); } .other { --tint: var(--wrong); }
form { display: flex; flex-wrap: wrap; gap: 0.75rem 1rem; align-items: end; margin-bottom: 0.75rem; }
label { display: grid; gap: 0.25rem; font-size: 0.875rem; }
select, input { font: inherit; color: inherit; background: var(--surface); border: 1px solid var(--control);
	border-radius: 8px; padding: 0.375rem 0.625rem; min-height: 2.5rem; }
article { border-top: 1px solid var(--border); padding: 0.75rem 0; }
article[hidden] { display: none; }
.post { margin: 0.25rem 0 0.5rem; overflow-wrap: anywhere; white-space: pre-wrap; }
mark { color: inherit; padding: 0.1em 0.15em; border-radius: 4px; background: none; }
.right { background: var(--right); border-bottom: 2px solid var(--right-line); }
.wrong { background: var(--wrong); border-bottom: 2px dashed var(--wrong-line); }
.missed { background: var(--missed); border-bottom: 2px dotted var(--missed-line); }
.wrong.missed { background: linear-gradient(var(--missed) 50%, var(--wrong) 50%);
	border-bottom: 2px dashed var(--wrong-line); }
ul.items { list-style: none; margin: 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.375rem;
	font-size: 0.875rem; }
ul.items li { padding: 0.1rem 0.5rem; border-radius: 6px; overflow-wrap: anywhere; }
.key { display: flex; flex-wrap: wrap; gap: 1rem; font-size: 0.875rem; margin-bottom: 0.75rem; }
@media print { form { display: none; } }
`;

/** Filters hide posts; without script all of them stay. */
export const SCRIPT = `
"use strict";
const form = document.querySelector("form");
const posts = [...document.querySelectorAll("article")];
const count = document.getElementById("count");
function filter() {
	const { outcome, label, words } = Object.fromEntries(new FormData(form));
	const sought = words.trim().toLowerCase();
	let shown = 0;
	for (const post of posts) {
		const { dataset } = post;
		const fits = (outcome === "all" || dataset.outcome.split(" ").includes(outcome))
			&& (label === "" || JSON.parse(dataset.labels).includes(label))
			&& (sought === "" || post.textContent.toLowerCase().includes(sought));
		post.hidden = !fits;
		if (fits) shown++;
	}
	count.textContent = shown + " of " + posts.length + " posts";
}
form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();
`;
