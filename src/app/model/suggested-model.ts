/** Suggests which built-in model suits this device, and says why where it is not the usual one. */
import { type BuiltInName, DEFAULT_MODEL, LIGHT_MODEL } from "../../bundle/built-in.ts";
import { t } from "../../messages/app.ts";
import { formatList } from "../../messages/messages.ts";

/** What a browser tells of its device. */
export interface DeviceHints {
	/** GB, rounded to a power of two by the browser; undefined where it does not tell, as Safari and Firefox do not. */
	readonly memory?: number | undefined;
	readonly cores?: number | undefined;
}

interface Limit {
	/** GB; a browser that tells none is above every limit. */
	readonly memory: number;
	readonly cores: number;
}

/**
 * A device within one of these is slow. Cores alone say little: iOS tells 2 for every iPhone, cheap phones have 8 slow
 * ones, and on a computer with 2 a post takes umie-nano 25 ms. So 2 cores count only beside little memory, which iOS
 * never tells.
 */
const SLOW: readonly Limit[] = [
	{ memory: 2, cores: Number.POSITIVE_INFINITY },
	{ memory: 4, cores: 2 },
	{ memory: Number.POSITIVE_INFINITY, cores: 1 },
];

interface Suggestion {
	readonly name: BuiltInName;
	/** What makes the device slow, such as "2 GB of memory and 8 processor cores"; null where it is not. */
	readonly slow: string | null;
}

export function suggestModel({ memory, cores }: DeviceHints): Suggestion {
	const within = (value: number | undefined, limit: number) =>
		limit === Number.POSITIVE_INFINITY || (value !== undefined && value <= limit);
	if (!SLOW.some((limit) => within(memory, limit.memory) && within(cores, limit.cores)))
		return { name: DEFAULT_MODEL, slow: null };
	const facts = [
		...(memory === undefined ? [] : [t("model.memory", { count: memory })]),
		...(cores === undefined ? [] : [t("model.cores", { count: cores })]),
	];
	return { name: LIGHT_MODEL, slow: formatList(facts) };
}

/** A number above 0; anything else that a browser or an extension puts there counts as unknown. */
const reported = (value: unknown): number | undefined => (typeof value === "number" && value > 0 ? value : undefined);

export function suggestionHere(): Suggestion {
	const { deviceMemory, hardwareConcurrency }: { deviceMemory?: unknown; hardwareConcurrency?: unknown } = navigator;
	return suggestModel({ memory: reported(deviceMemory), cores: reported(hardwareConcurrency) });
}
