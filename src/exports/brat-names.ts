/** What writing and reading brat's files have in common. */

/** What ends a line for Python's `splitlines`, which brat's tools read with. */
export const LINE_BREAKS = "\n\v\f\r\u001C\u001D\u001E\u0085\u2028\u2029";
/** Type of our own notes: what brat's names have no letters for. Other tools leave notes of unknown types alone. */
export const NOTE_TYPE = "UmieRecord";
