/** Tests that the package can be imported without a page, and that its tables, attributes and manifest agree. */

import { createElement } from "react";
import { renderToString } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { Failure } from "../core/failure.ts";
import { ATTRIBUTES, EVENTS, TAG } from "./contract.ts";
import { UmieExtractorElement } from "./element.ts";
import { customElementsManifest } from "./manifest.ts";
import { UmieExtractor } from "./react.tsx";
import { requestFrom } from "./request.ts";

const ask = (attributes: Partial<Parameters<typeof requestFrom>[0]>) =>
	requestFrom({ tasks: null, labels: null, beams: null, ...attributes });
const codeOf = (work: () => unknown) => {
	try {
		work();
	} catch (error) {
		return error instanceof Failure ? error.code : error;
	}
	return null;
};

describe("on a server", () => {
	test("the module loads without a document and lists the attributes that it observes", () => {
		expect(globalThis.document).toBeUndefined();
		expect(UmieExtractorElement.observedAttributes).toEqual([...Object.keys(ATTRIBUTES), "lang"]);
	});
	test("the React wrapper renders the plain tag with its text", () => {
		const html = renderToString(createElement(UmieExtractor, { src: "a.jpg", tasks: "mner" }, "Messi in <Paris>"));
		expect(html).toBe(`<${TAG} src="a.jpg" tasks="mner">Messi in &lt;Paris&gt;</${TAG}>`);
	});
});

describe("attributes", () => {
	test("without any, entities and relations are requested with the model's own labels", () =>
		expect(ask({})).toEqual({ tasks: ["mner", "mre"] }));
	test("lists forgive spaces and empty items", () =>
		expect(ask({ tasks: " mner , mee,", labels: "team, , city", beams: "2" })).toEqual({
			tasks: ["mner", "mee"],
			labels: { entityTypes: ["team", "city"] },
			beams: 2,
		}));
	test("labels may be JSON with every list", () =>
		expect(ask({ labels: '{"relationTypes":["owns"],"argumentRoles":{"sale":["buyer"]}}' }).labels).toEqual({
			relationTypes: ["owns"],
			argumentRoles: { sale: ["buyer"] },
		}));
	test.each([
		[{ tasks: "mner,everything" }, "usage"],
		[{ tasks: "__proto__" }, "usage"],
		[{ beams: "0" }, "usage"],
		[{ beams: "1e9" }, "usage"],
		[{ labels: '{"entityTypes":"person"}' }, "labels-invalid"],
		[{ labels: '{"__proto__":{"x":1},"other":[]}' }, "labels-invalid"],
		[{ labels: '{"entityTypes":[7]}' }, "labels-invalid"],
		[{ labels: `{"entityTypes":["${"x".repeat(300)}"]}` }, "labels-invalid"],
	])("%j is refused as %s", (attributes, code) => expect(codeOf(() => ask(attributes))).toBe(code));
});

test("custom-elements.json names every attribute and event of the contract", () => {
	const [declaration] = customElementsManifest().modules[0]!.declarations;
	expect(declaration!.attributes.map(({ name }) => name)).toEqual(Object.keys(ATTRIBUTES));
	expect(declaration!.events.map(({ name }) => name)).toEqual(Object.keys(EVENTS));
	expect(declaration!.members.filter(({ kind }) => kind === "method").map(({ name }) => name)).toEqual([
		"extract",
		"cancel",
	]);
});
