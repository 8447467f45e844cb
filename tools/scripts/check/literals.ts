/** Finds words that a person reads and that are not in the message files (src/messages). */
import { type ESTree, Visitor } from "vite";
import { type Finding, isTest, lineAt, type Source } from "./sources.ts";

/** Folders whose words come from the message files. */
const FOLDERS = /^src\/(ui|app|element|extension)\//;

/** The extension has messages of its own (`_locales`), which its test checks. */
const OTHERS = [/^src\/extension\//];

/** No messages: the element's tables are for developers, and sample posts are posts. */
const NO_MESSAGES = /^src\/(element\/(contract|extractor|manifest)|app\/(docs\/examples|post\/samples))\.ts$/;

/** Attributes and properties that a person reads or hears. */
const SPOKEN = new Set([
	...["aria-label", "aria-description", "aria-valuetext", "aria-roledescription", "ariaLabel"],
	...["alt", "hint", "label", "placeholder", "title", "textContent", "innerText"],
]);

/** The names of the project, of formats and of keys are no words. */
const LETTERS = /(?!(umie|PNG|SVG|JSON|HTML|React|JavaScript|Esc|Alt)\b)\b\p{L}{2}/u;
/** "Choose a file", "Reading…": a capital, and a space or the end of a sentence. */
const SENTENCE = /^[“"‘]?\p{Lu}\p{Ll}\p{L}*[ ,’'-].*\p{L}|^\p{Lu}\p{L}+(…|\.|!|\?|: )$/u;

/** "LICENSE.txt". */
const FILE_NAME = /^[\w-]+\.[a-z]{2,5}$/;

/** Literals in JSX, in attributes that are read or heard, and sentences anywhere else. */
export function literalMessages(files: readonly Source[]): Finding[] {
	return files
		.filter(
			({ path }) =>
				FOLDERS.test(path) && !isTest(path) && !OTHERS.some((part) => part.test(path)) && !NO_MESSAGES.test(path),
		)
		.flatMap(literalsIn);
}

/** A value in the code: a string, or the text of a template around its values. */
function textOf(node: ESTree.Node | null | undefined): string {
	if (node?.type === "Literal" && typeof node.value === "string") return node.value;
	if (node?.type === "TemplateLiteral") return node.quasis.map(({ value }) => value.cooked ?? "").join(" ");
	if (node?.type === "JSXExpressionContainer") return textOf(node.expression);
	if (node?.type === "ConditionalExpression") return `${textOf(node.consequent)} ${textOf(node.alternate)}`;
	return "";
}

function literalsIn({ path, text, program }: Source): Finding[] {
	const found = new Map<number, string>();
	const silent: { readonly start: number; readonly end: number }[] = [];
	const add = (start: number, words: string) => {
		if (!found.has(start)) found.set(start, words.trim().replace(/\s+/g, " ").slice(0, 60));
	};
	const spoken = (name: string, value: ESTree.Node | null | undefined) => {
		const words = textOf(value);
		if (value && SPOKEN.has(name) && LETTERS.test(words)) add(value.start, words);
	};
	new Visitor({
		JSXText: ({ value, start }) => {
			if (LETTERS.test(value)) add(start + (value.length - value.trimStart().length), value);
		},
		JSXExpressionContainer: ({ expression, start }) => {
			// Children only: attributes are looked at by name.
			if (text[start - 1] !== "=" && LETTERS.test(textOf(expression))) add(expression.start, textOf(expression));
		},
		// What is typed or read by a program, and keys.
		JSXElement: ({ openingElement: { name }, start, end }) => {
			if (name.type === "JSXIdentifier" && /^(code|kbd)$/.test(name.name)) silent.push({ start, end });
		},
		JSXAttribute: ({ name, value }) => {
			if (name.type === "JSXIdentifier") spoken(name.name, value);
		},
		Property: ({ key, value }) => {
			if (key.type === "Identifier") spoken(key.name, value);
		},
		AssignmentExpression: ({ left, right }) => {
			if (left.type === "MemberExpression" && left.property.type === "Identifier") spoken(left.property.name, right);
		},
		// What went wrong is said where it went wrong, in `src/core/failure.ts`'s terms.
		NewExpression: ({ callee, start, end }) => {
			if (callee.type === "Identifier" && /^(Failure|Error|TypeError)$/.test(callee.name)) silent.push({ start, end });
		},
		Literal: (node) => {
			if (typeof node.value === "string" && SENTENCE.test(node.value) && !FILE_NAME.test(node.value))
				add(node.start, node.value);
		},
		TemplateLiteral: (node) => {
			if (SENTENCE.test(textOf(node))) add(node.start, textOf(node));
		},
	}).visit(program);
	return [...found]
		.filter(([start]) => !silent.some((range) => range.start <= start && start < range.end))
		.map(([start, words]) => ({ path, line: lineAt(text, start), what: `“${words}” is not in the message files` }));
}
