/** Saves a file through the browser, without a server. */

export function download(name: string, content: Blob): void {
	const url = URL.createObjectURL(content);
	const anchor = document.createElement("a");
	anchor.href = url;
	anchor.download = name;
	anchor.click();
	// Some browsers read the address only after the click is over.
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
