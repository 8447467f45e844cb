/** Goes in: posts (one, or a JSONL file). Comes out: results. */
import { unwrap } from "../../../src/core/failure.ts";
export const extractCommand = { summary: "extracts", help: "", async run() { unwrap({ ok: true, value: 1 }); } };
