/** Moves the overlay's parts along when the page moves under them, at most once a frame. */

export interface Placement {
	schedule(): void;
	stop(): void;
}

/** Every frame of scrolling would cost 3 ms of script on a slow machine. */
const SETTLE_MS = 100;

/**
 * @param place moves everything to where the page's elements are now
 * @param scrolled called in each frame in which the page scrolls; it must cost next to nothing
 */
export function createPlacement(place: () => void, scrolled: () => void): Placement {
	const events = new AbortController();
	let frame = 0;
	let scrollFrame = 0;
	let settling: ReturnType<typeof setTimeout> | undefined;

	function schedule(): void {
		if (frame !== 0) return;
		frame = requestAnimationFrame(() => {
			frame = 0;
			place();
		});
	}

	/**
	 * The overlay scrolls with the page by itself. What covers a badge must be looked at again, but that can wait.
	 * Columns that scroll by themselves move under the overlay, so they cannot wait.
	 */
	function onScroll({ target }: Event): void {
		if (target !== document) {
			schedule();
			return;
		}
		settling ??= setTimeout(settle, SETTLE_MS);
		if (scrollFrame === 0)
			scrollFrame = requestAnimationFrame(() => {
				scrollFrame = 0;
				scrolled();
			});
	}

	function settle(): void {
		settling = undefined;
		schedule();
	}

	const { signal } = events;
	// Captured, because the scroll events of columns do not bubble.
	addEventListener("scroll", onScroll, { capture: true, passive: true, signal });
	addEventListener("resize", schedule, { passive: true, signal });
	// Pictures and late styles move posts without changing the page's elements.
	document.addEventListener("load", schedule, { capture: true, signal });
	document.fonts.addEventListener("loadingdone", schedule, { signal });

	return {
		schedule,
		stop() {
			events.abort();
			cancelAnimationFrame(frame);
			cancelAnimationFrame(scrollFrame);
			clearTimeout(settling);
		},
	};
}
