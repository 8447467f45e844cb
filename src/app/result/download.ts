/** Goes in: a name and what a file holds. Comes out: the file, saved by the browser, without any server. */

export function download(name: string, content: Blob): void {
	const url = URL.createObjectURL(content);
	const anchor = document.createElement("a");
	anchor.href = url;
	anchor.download = name;
	anchor.click();
	// Some browsers read the address only after the click is over.
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
