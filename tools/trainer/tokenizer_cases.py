"""Writes what the Python tokenizers (`tokenizers` 0.23) make of 2,000 posts, once, for the engine's tests.

    python3 tools/trainer/tokenizer_cases.py --wordpiece MINILM/tokenizer.json --unigram E5/tokenizer.json \
        --nfkc models/umie-nano/tokenizer.json --data DATA --output workers/text/cases.json.gz

The posts are those of the task data and of the raw texts with the words of each in another order, so that they are
not copies; strings that tokenizers disagree about come first. Vocabularies are cut to the pieces that the posts use and
the most frequent ones; the answers are those of the cut files.
"""
import argparse
import glob
import gzip
import json
import random

from tokenizers import Tokenizer

POSTS = 2000
WORDS = 8
LANGUAGES = ("de", "es", "fr", "it", "nl", "pl", "pt", "ru")
TWEETS = ("twitter2015", "twitter2017", "gmner", "btc", "wnut17", "tweebank")
RAW = ("tweeteval", "wnut17_raw", "airline", "fivethirtyeight")
NASTY = r"""
@taylorswift13|#MAGA2024|https://t.co/AbC123|kids <spot> organization|kids<spot>organization|<spot>
</s>|[CLS] [SEP]|[UNK]x|<mask>|😀|👩‍👩‍👧‍👦|🏳️‍🌈🇩🇪|❤️|👏🏼|1️⃣|a😀b😀|مرحبا بالعالم|שלום עולם|ﬁne ﬃ ﬀ ﬁ́
①②③|Ⅳ ½ ㎏ ㍿|ｆｕｌｌｗｉｄｔｈ ＡＢＣ，！|ﷺ|a¨b ¨b|´ ˚ ˜x|Å Å Ṩ|ΟΔΟΣ ΟΔΟΣ. σς Σ|İstanbul İİ I ı|ǅ ǆ Ǆ ŉ
STRASSE straße ẞ|北京大学|東京タワー|ひらがな カタカナ ﾊﾝｶｸ ｶﾞｷﾞ|한국어 한국 ㅎㅏㄴ ㅋㅋㅋ|สวัสดี กรุงเทพ|नमस्ते हिन्दी क्ष
বাংলা তামিழ் தமிழ்|မြန်မာ|Zürich naïve ÇİĞŞ|“quoted” ‘text’ „so“ «ça»|...!?!? ¿¡|$9.99 1,000,000
C++/C#|_under_score_|▁|▁the a▁b|𝐁𝐨𝐥𝐝 𝒮𝒸𝓇𝒾𝓅𝓉|𠀀𠀁 㐀 豈 丽|ǘ ṻ|don't l'été dell’Arco|U.S.A. e.g.|~～∼|a·b•c
№ ™ ℃ µ μ Ω Ω|…‥|a/b\c|^`{|}|ﾞ ゛|᾿Αθῆναι ᾼ ᾳ|ﻻ ﻼ|Ⓐⓐ|㈱㋿|𝟘𝟙𝟚|🅰️ 🅾|xn--80ak6aa92e.com
""".replace("\n", "|")
MARKED = (
    "e\u0301 caf\u0065\u0301 n\u0303o", "a\u0316\u0301\u0300 z\u0301\u0323\u0302x", "A\u030a \u212b \u1100\u1161",
    "\u0301 \u0301a x\u0301\u0301\u0301", "a\u200bb c\u200b d \u200be \u200d", "a\u00adb soft\u00adhyphen", "a\ufeffb",
    "a\u00a0b\u3000c\u2009d", "tab\tline\nfeed\r\nx", "\u1112\u1161\u11ab\u1100\u116e\u11a8", "a\u2028b\u2029c",
    "\u202eabc\u202c", "\ufffdx \ufffd", "e\u20dd \u0915\u093f", "x" * 120, "\u0e01\u0e33 \u0e40\u0e40",
    "o\u0308\u0323 \u01d5 \u1e69", "\ufb01\u0301 \u0132x",
)


def posts_of(data: str, rng: random.Random) -> list[str]:
    """Strings that are hard first, then languages, tweets and raw tweets, those with emoji before others."""
    nasty = [piece for piece in NASTY.split("|") if piece] + list(MARKED)
    posts = [*nasty, *(f"Kids watch {piece} near the Salvation Army" for piece in nasty[::2])]
    posts += [f"person, {piece}," for piece in nasty[1::2]]

    def lines(path: str) -> list[str]:
        with open(path, encoding="utf-8") as file:
            texts = [json.loads(line)["text"] if path.endswith("jsonl") else line.strip() for line in file]
        rng.shuffle(texts)
        return sorted(filter(None, texts), key=lambda text: not any(ord(letter) > 0x1F000 for letter in text))

    for language in LANGUAGES:
        posts += lines(f"{data}/mner/languages/{language}/train.jsonl")[-105:]
    for name in TWEETS:
        texts = lines(f"{data}/mner/{name}/train.jsonl")
        posts += texts[:40] + texts[-50:]
    rest = [text for name in RAW for path in glob.glob(f"{data}/text/{name}.txt") for text in lines(path)[:400]]
    rng.shuffle(rest)
    posts += rest[: POSTS - len(posts)]
    first = len(nasty) * 2
    return posts[:first] + [shuffled(post, rng) for post in posts[first:]]


def shuffled(post: str, rng: random.Random) -> str:
    words = post.split()
    rng.shuffle(words)
    return " ".join(words[:WORDS])


def plain(tree: dict) -> dict:
    return tree | {"truncation": None, "padding": None, "post_processor": None}


def separator(at: int) -> dict:
    """The token between records, which every bundle has."""
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    return {"id": at, "content": "<spot>", **flags}


def cut_unigram(tree: dict, used: set[int], common: int) -> dict:
    """Kept: special pieces in front, those used, and the first ones; scores to four places."""
    kept = sorted(used | set(range(common)))
    vocab = [[tree["model"]["vocab"][at][0], round(tree["model"]["vocab"][at][1], 4)] for at in kept]
    added = [token | {"id": kept.index(token["id"])} for token in tree["added_tokens"] if token["id"] in kept]
    model = tree["model"] | {"vocab": vocab, "unk_id": kept.index(tree["model"]["unk_id"])}
    return tree | {"added_tokens": [*added, separator(len(vocab))], "model": model}


def cut_wordpiece(tree: dict, used: set[int], common: int) -> dict:
    specials = {token["id"] for token in tree["added_tokens"]}
    wanted = used | specials | set(range(999 + common))  # the first 999 are special or not used
    kept = [piece for piece, at in sorted(tree["model"]["vocab"].items(), key=lambda item: item[1]) if at in wanted]
    ids = {piece: at for at, piece in enumerate(kept)}
    added = [token | {"id": ids[token["content"]]} for token in tree["added_tokens"]]
    return tree | {"added_tokens": [*added, separator(len(ids))], "model": tree["model"] | {"vocab": ids}}


def answers(tree: dict, posts: list[str]) -> dict:
    """Tokens of all posts one after the other: how many each has, their ids, code points since the end of the token
    before, and their lengths."""
    tokenizer = Tokenizer.from_str(json.dumps(tree))
    out: dict[str, list[int]] = {"counts": [], "ids": [], "gaps": [], "lengths": []}
    for encoding in tokenizer.encode_batch(posts, add_special_tokens=False):
        out["counts"].append(len(encoding.ids))
        out["ids"] += encoding.ids
        before = 0
        for start, end in encoding.offsets:
            out["gaps"].append(start - before)
            out["lengths"].append(end - start)
            before = end
    return out


def used_ids(tree: dict, posts: list[str]) -> set[int]:
    encodings = Tokenizer.from_str(json.dumps(tree)).encode_batch(posts, add_special_tokens=False)
    return {at for encoding in encodings for at in encoding.ids}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("wordpiece", "unigram", "nfkc", "data", "output"):
        arguments.add_argument(f"--{name}", required=True)
    options = arguments.parse_args()
    posts = posts_of(options.data, random.Random(15))
    trees = {}
    for name in ("wordpiece", "unigram", "nfkc"):
        with open(getattr(options, name), encoding="utf-8") as file:
            trees[name] = plain(json.load(file))
    cut = {"wordpiece": cut_wordpiece(trees["wordpiece"], used_ids(trees["wordpiece"], posts), 1500),
           "unigram": cut_unigram(trees["unigram"], used_ids(trees["unigram"], posts), 1500)}
    cases = {"posts": posts, **{name: {"tokenizer": tree, **answers(tree, posts)} for name, tree in cut.items()},
             # The bundle's own tokenizer lies beside it in the repository.
             "nfkc": answers(trees["nfkc"], posts[:400])}
    with open(options.output, "wb") as raw, gzip.GzipFile("", "wb", 9, raw, mtime=0) as file:
        file.write(json.dumps(cases, ensure_ascii=False, separators=(",", ":")).encode())
    print({name: len(tree["model"]["vocab"]) for name, tree in cut.items()}, len(posts), "posts")


if __name__ == "__main__":
    main()
