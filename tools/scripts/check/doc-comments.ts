/** Finds public symbols of the package that have no doc comment, wherever they are declared. */
import type { ESTree } from "vite";
import { type Finding, lineAt, type Source } from "./sources.ts";

/** What the package's entries export, and the tables that describe the element (`custom-elements.json`). */
export const ENTRIES = ["index.ts", "umie-extractor.ts", "react.tsx", "bundle.ts", "contract.ts", "element.ts"].map(
	(name) => `src/element/${name}`,
);

/** @param entries paths of files whose exports are public */
export function undocumented(files: readonly Source[], entries = ENTRIES): Finding[] {
	const byPath = new Map(files.map((file) => [file.path, file]));
	const findings: Finding[] = [];
	const seen = new Set<string>();
	const check = (file: Source, name: string, statement = declarationOf(file, name)) => {
		if (!statement || seen.has(`${file.path} ${name}`)) return;
		seen.add(`${file.path} ${name}`);
		if (!hasDocComment(file, statement.start)) {
			const line = lineAt(file.text, statement.start);
			findings.push({ path: file.path, line, what: `${name} has no doc comment` });
		}
	};
	const look = (path: string, wanted?: string) => {
		const file = byPath.get(path);
		if (!file) return;
		for (const statement of file.program.body) {
			if (statement.type === "ExportAllDeclaration" && wanted === undefined) {
				const from = targetOf(file, statement.source.value);
				if (from !== undefined) look(from);
			}
			if (statement.type !== "ExportNamedDeclaration") continue;
			for (const { exported, local } of statement.specifiers) {
				const name = "name" in exported ? exported.name : exported.value;
				if (wanted !== undefined && name !== wanted) continue;
				const from = statement.source && targetOf(file, statement.source.value);
				const own = "name" in local ? local.name : local.value;
				if (from) look(from, own);
				else if (!statement.source) check(file, own);
			}
			for (const name of declaredNames(statement.declaration))
				if (wanted === undefined || name === wanted) check(file, name, statement);
		}
	};
	for (const entry of entries) look(entry);
	return findings;
}

/** Where a name that is exported in a list (`export { a }`) is declared. */
const declarationOf = ({ program }: Source, name: string) =>
	program.body.find(
		(statement) =>
			statement.type.endsWith("Declaration") && declaredNames(statement as ESTree.Declaration).includes(name),
	);

const targetOf = ({ imports }: Source, specifier: string) =>
	imports.find((found) => found.specifier === specifier)?.target;

function declaredNames(declaration: ESTree.Declaration | null | undefined): string[] {
	if (!declaration) return [];
	if (declaration.type === "VariableDeclaration")
		return declaration.declarations.flatMap(({ id }) => (id.type === "Identifier" ? id.name : []));
	return "id" in declaration && declaration.id && "name" in declaration.id ? [declaration.id.name] : [];
}

/** Whether a comment of the form `/** … *\/` ends right before `start`. The file's first line does not count. */
const hasDocComment = ({ comments, text }: Source, start: number) =>
	comments.some(
		(comment) =>
			comment.start > 0 &&
			comment.end <= start &&
			comment.value.startsWith("*") &&
			text.slice(comment.end, start).trim() === "",
	);
