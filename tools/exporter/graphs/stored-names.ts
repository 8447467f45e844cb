/** Names that weights have in a bundle and not in a checkpoint: joined tables, and endings of changed weights. */
import { AUTHORS } from "../checkpoint/expected-tensors.ts";

/** The exporter's table of orders, and the checkpoint's, which went into it. */
export const ORDERS = `${AUTHORS.embedding}.orders`;
export const ORDER_EMBEDDING = `${AUTHORS.embedding}.img_order_embedding.weight`;
/**
 * Tables that the exporter makes of several: biases by the place that was copied last; positions, types and the
 * token in front of a text.
 */
export const PLACES = "decoder.place_bias";
export const POSITIONS = "encoder.positions";
/** Tables that are computed from config.json alone, without a tensor of the checkpoint. */
export const PLACE_BUCKETS = "decoder.place_buckets";
export const COMPUTED: ReadonlySet<string> = new Set([PLACE_BUCKETS]);
/** Behind the name of a bias that is stored by distance instead of by bucket. */
export const BY_DISTANCE = ".by_distance";
/** Behind the name of a convolution's weight or bias with the normalisation behind it folded in. */
export const FOLDED = "|folded";
