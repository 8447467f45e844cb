/** The table of detectors that a person can choose. None is downloaded before it is chosen. */
import type { DetectorKind } from "../../client/detector-protocol.ts";
import { t } from "../../messages/app.ts";

interface HubDetector {
	readonly kind: DetectorKind;
	/** Its title is the message `detector.NAME`. */
	readonly message: "yolos" | "detr" | "owlvit";
	/** Boxes with a lower score are dropped. */
	readonly threshold: number;
}

/** Names on the Hugging Face hub. */
export const DETECTORS = {
	"Xenova/yolos-tiny": {
		kind: "objects",
		message: "yolos",
		threshold: 0.3,
	},
	"Xenova/detr-resnet-50": {
		kind: "objects",
		message: "detr",
		threshold: 0.3,
	},
	// Low: the person chooses the threshold afterwards, on what was found.
	"Xenova/owlvit-base-patch32": {
		kind: "asked",
		message: "owlvit",
		threshold: 0.02,
	},
} as const satisfies Readonly<Record<string, HubDetector>>;

export type DetectorName = keyof typeof DETECTORS;
/** What it finds, and its size: that of the 8-bit weights, roughly. */
export const detectorTitle = (name: DetectorName): string => t(`detector.${DETECTORS[name].message}`);

type NameOf<Kind extends DetectorKind> = {
	[Name in DetectorName]: (typeof DETECTORS)[Name]["kind"] extends Kind ? Name : never;
}[DetectorName];

const namesOf = <Kind extends DetectorKind>(kind: Kind) =>
	(Object.keys(DETECTORS) as DetectorName[]).filter((name): name is NameOf<Kind> => DETECTORS[name].kind === kind);

/** Detectors that propose regions by themselves, before the text is read. */
export const PROPOSERS = namesOf("objects");
/** Detectors that search for the mentions of a result. */
export const GROUNDERS = namesOf("asked");

/** Where the regions of a picture can come from. */
export const REGION_CHOICES = ["built-in", ...PROPOSERS] as const;
export type RegionChoice = (typeof REGION_CHOICES)[number];
