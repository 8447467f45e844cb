/** Limits that several folders keep, each with its reason. A limit that only one file keeps stays in that file. */

export const MIB = 1024 * 1024;

/** Regions of one picture: results and vocabularies have names for O1…O36 (paper, section "Visual Encoder"). */
export const MAX_OBJECTS = 36;

/** Characters (UTF-16 units) of a region's label, such as "person". */
export const MAX_REGION_LABEL = 200;

/** Regions that a detector may report for one picture; the best {@link MAX_OBJECTS} are kept. */
export const MAX_GIVEN_REGIONS = 1000;

/**
 * Characters (UTF-16 units) of a text: a novel, or a hundred articles. It is read in windows; this keeps the marks of a
 * result drawable.
 */
export const MAX_TEXT = 1_000_000;

/** Characters of a page's source that is parsed as a form. */
export const MAX_HTML = 1 << 20;

/**
 * A picture's file, its longer side and its pixels, checked before pixel memory is asked for: 100 megapixels take 400
 * MB as RGBA.
 */
export const MAX_IMAGE_BYTES = 64 * MIB;
export const MAX_IMAGE_SIDE = 16_384;
export const MAX_IMAGE_PIXELS = 100_000_000;
/** Above this a picture is only read by a decoder that shrinks it while it decodes. */
export const MAX_WHOLE_PIXELS = 40_000_000;

/** One file of a bundle. The exporter splits weights so that a broken download costs little. */
export const MAX_BUNDLE_FILE_BYTES = 64 * MIB;
/** All files of a bundle: no browser could open more. */
export const MAX_BUNDLE_BYTES = 8 * 1024 * MIB;
