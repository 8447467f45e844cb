/** Says what every part of the benchmark receives and returns. */
import type { Manifest } from "../../../src/bundle/manifest.ts";
import type { Row } from "../report.ts";

interface PartContext {
	/** Bundle folder. */
	readonly model: string;
	readonly manifest: Manifest;
	/** Folder of annotated posts; null: none was given. */
	readonly data: string | null;
	/** null: as many as the part wants. */
	readonly repetitions: number | null;
	/** For a person, while it runs. */
	readonly note: (line: string) => void;
}

export interface Measured {
	readonly rows: readonly Row[];
	/** Where it ran: "Chromium 156.0", "Node 20.20". */
	readonly where: string;
	/** For the terminal, beside the table of rows. */
	readonly text?: string;
}

export type Part = (context: PartContext) => Promise<Measured>;

export const NODE = `Node ${process.versions.node}`;
