/** Goes in: nothing. Comes out: what `umie evaluate --help` prints. */
import { DECODINGS, INSTRUCTORS, SCREENS, STYLES, UNTRAINED } from "../../../workers/request.ts";
import { BROWSER_DEVICES } from "../../evaluator/browser-predictor.ts";
import { EVALUATED } from "../../evaluator/evaluate.ts";
import { PICTURES, REGIONS } from "../../evaluator/showing.ts";
import { TRIMMING_RULES, TRIMMINGS } from "../../evaluator/trimming.ts";
import { WORD_MODES } from "../../evaluator/word-mode.ts";

export const EVALUATE_HELP = `Usage: umie evaluate --model DIR --task TASK --data FILE.jsonl [options]
       umie evaluate --model DIR --table 4|5|7 --data FOLDER [--split test] [options]
       umie evaluate --model DIR --figure 4 --data FOLDER [--split test] [options]

  TASK is ${EVALUATED.join(", ")}

  --images       folder of the pictures that image_id names; without it the text alone is read
  --pictures     ${PICTURES.join(" | ")} (default right): the record's own picture; that of the next record whose picture decides otherwise;
                 any other of the folder, chosen by the record's id, also for records without a picture; none
  --regions      ${REGIONS.join(" | ")} | FILE.jsonl (default proposer): found by the built-in proposer; the record's own boxes;
                 the largest one proposed for every entity of the text alone; those of a file: {"image_id","boxes":[[x1,y1,x2,y2]]}
  --gate         auto | model | a number: how much the picture counts
                 --pictures, --regions and --gate take lists: --gate 0,0.1,model measures each and prints one table
  --beams        1 to 16 (default 4)
  --beam-threshold  drops beams less likely than the best by more than this, as a logarithm (default 1.5; 1000 keeps all)
  --decoding     ${DECODINGS.join(" | ")} (default extractive)
  --max-tokens   longest output in tokens (default 64); forms and procedures may need more
  --style        ${STYLES.join(" | ")} (default instruct): mqa asks mner, mre, med, meae and mee as multiple-choice questions
  --untrained    ${UNTRAINED.join(" | ")} (default substitute): what becomes of a task that the model was not trained for
  --screen       ${SCREENS.join(" | ")} (default auto): with a bundle that has a screen, med and mee are asked only where it sees a sign, and mre where pairs need a reading of their own
  --instructor   ${INSTRUCTORS.join(" | ")}: wording of the mner prompt
  --labels       comma-separated entity, relation or event types, or lists by name as in "umie extract"; default: the model's own
  --words        ${WORD_MODES.join(" | ")} (default auto): texts are tokens with spaces between them, or posts as people write them; auto looks where
                 annotated spans begin and end
  --limit        only so many records, spread evenly over the file
  --trim         what is compared (default exact):
${TRIMMINGS.map((rule) => `                   ${rule.padEnd(8)} ${TRIMMING_RULES[rule]}`).join("\n")}
  --report       writes an HTML report: mistakes on the posts, confusion, intervals
  --predictions  keeps predictions in this file while they come; --resume continues it
  --browser      runs in Chromium on ${BROWSER_DEVICES.join(" or ")} (default wasm) instead of Node
  --json         prints the scores as JSON

  Tables read DATA/mner/{twitter2015,twitter2017,snap}, DATA/mre/{mnre_v1,mnre_v2} and DATA/mee/m2e2, each with SPLIT.jsonl (see "umie import").
  mner      span and type                     gmner   span, type and region
  fmnerg    span, fine type and region        jmere   spans, types and relations
  mre       relation of given pairs           more    entity, relation and object of the picture
  med       event triggers                    meae    arguments, gold event types      mee   arguments of the events med finds
  gmper     steps, entities and their regions re2     keys and values of forms
  Records: one JSON object a line, tools/evaluator/README.md says which fields each task reads.
  Ctrl+C finishes the running chunk; what was predicted is scored, and the exit code is 1.`;
