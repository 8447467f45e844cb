/** Small icons in the colour of the text around them; screen readers skip them. */

const PATHS = {
	arrow: "M4 12h15m-6-6 6 6-6 6",
	check: "M5 12.500l4.500 4.500L19 7.500",
	close: "M6 6l12 12M18 6L6 18",
	copy: "M9 9h11v11H9zM5 15H4V4h11v1",
	download: "M12 4v11m-5-5 5 5 5-5M5 20h14",
	image: "M4 5h16v14H4zM4 16l5-5 4 4 2.500-2.500L20 17M15.500 9h.01",
	warning: "M12 4 2.500 20h19zM12 10v5m0 2.500v.01",
	moon: "M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500z",
	sun:
		"M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2m0 16v2M2 12h2m16 0h2" +
		"M5 5l1.400 1.400m11.200 11.200L19 19M5 19l1.400-1.400M17.600 6.400 19 5",
	auto: "M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18",
	spark: "M12 3l2 7 7 2-7 2-2 7-2-7-7-2 7-2z",
	lock: "M6 11h12v9H6zM9 11V8a3 3 0 0 1 6 0v3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { readonly name: IconName }) {
	return (
		<svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
			<path d={PATHS[name]} />
		</svg>
	);
}
