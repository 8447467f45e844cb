/** The table of detectors that a person can choose. None is downloaded before it is chosen. */
import type { DetectorKind } from "../../client/detector-protocol.ts";

interface HubDetector {
	readonly kind: DetectorKind;
	/** For people; sizes are those of the 8-bit weights, roughly. */
	readonly title: string;
	/** Boxes with a lower score are dropped. */
	readonly threshold: number;
}

/** Names on the Hugging Face hub. */
export const DETECTORS = {
	"Xenova/yolos-tiny": {
		kind: "objects",
		title: "YOLOS tiny: 80 kinds of everyday objects, fast (about 10 MB)",
		threshold: 0.3,
	},
	"Xenova/detr-resnet-50": {
		kind: "objects",
		title: "DETR ResNet-50: 80 kinds of everyday objects, better (about 45 MB)",
		threshold: 0.3,
	},
	// Low: the person chooses the threshold afterwards, on what was found.
	"Xenova/owlvit-base-patch32": {
		kind: "asked",
		title: "OWL-ViT: searches for given words (about 160 MB)",
		threshold: 0.02,
	},
} as const satisfies Readonly<Record<string, HubDetector>>;

export type DetectorName = keyof typeof DETECTORS;
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
