/** Goes in: nothing. Comes out: the detectors a person can choose, and what each of them is asked with. None is fetched before it is chosen. */
import type { DetectorKind } from "../../client/detector-protocol.ts";

export interface HubDetector {
	readonly kind: DetectorKind;
	/** For people; sizes are about those of the 8-bit weights. */
	readonly title: string;
	/** Boxes below it are not asked for. */
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
	// Low: where the line is drawn is chosen afterwards, on what was found.
	"Xenova/owlvit-base-patch32": {
		kind: "asked",
		title: "OWL-ViT: looks for what it is told (about 160 MB)",
		threshold: 0.02,
	},
} as const satisfies Readonly<Record<string, HubDetector>>;

export type DetectorName = keyof typeof DETECTORS;
type NameOf<Kind extends DetectorKind> = {
	[Name in DetectorName]: (typeof DETECTORS)[Name]["kind"] extends Kind ? Name : never;
}[DetectorName];

const namesOf = <Kind extends DetectorKind>(kind: Kind) =>
	(Object.keys(DETECTORS) as DetectorName[]).filter((name): name is NameOf<Kind> => DETECTORS[name].kind === kind);

/** Those that propose regions by themselves, before the text is read. */
export const PROPOSERS = namesOf("objects");
/** Those that look for the mentions of a result. */
export const GROUNDERS = namesOf("asked");

/** Who proposes the regions of a picture. */
export const REGION_CHOICES = ["built-in", ...PROPOSERS] as const;
export type RegionChoice = (typeof REGION_CHOICES)[number];
