/** Finds the row of a step under the pointer. Apart from the list: files may be dropped before there is one. */

/** The place of the row that an element lies in. */
export function rowAt(target: Element | null): number | null {
	const row = target?.closest<HTMLElement>("[data-step-row]")?.dataset.stepRow;
	return row === undefined ? null : Number(row);
}

/** The step that files were dropped on; undefined: none. */
export const droppedOn = (target: EventTarget | null): number | undefined =>
	target instanceof Element ? (rowAt(target) ?? undefined) : undefined;
