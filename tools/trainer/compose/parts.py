"""Loads the drawings of brand logos (simple-icons) and flags (flag-icons) by split, and finds the one that a name
means."""
import functools
import io
import json
import os
import re
import unicodedata
from dataclasses import dataclass

import numpy as np
from PIL import Image

from compose.split import look_alikes, split_of

LOGO_SIDE = 192  # pixels of a drawn logo's longer side
FLAG_SIZE = (256, 192)
MAX_SVG_BYTES = 1_000_000
MAX_JSON_BYTES = 20_000_000
SAME_FLAG = 0.985  # correlation of thumbnails from which two flags count as one: Chad and Romania are on one side

# Other words for a country in posts, by its code in flag-icons.
COUNTRY_WORDS = {
    "us": "us usa u.s. u.s u.s.a america american americans unitedstates",
    "gb": "uk u.k. britain british greatbritain unitedkingdom",
    "gb-eng": "english",
    "gb-sct": "scottish",
    "gb-wls": "welsh",
    "fr": "french",
    "de": "german germans",
    "es": "spanish",
    "it": "italian",
    "ru": "russian russians",
    "cn": "chinese",
    "jp": "japanese",
    "kr": "korea korean",
    "kp": "dprk",
    "in": "indian",
    "ca": "canadian",
    "mx": "mexican",
    "br": "brazilian brasil",
    "au": "australian aussie",
    "ie": "irish",
    "nl": "dutch holland",
    "pt": "portuguese",
    "gr": "greek",
    "tr": "turkey turkish",
    "ua": "ukrainian",
    "pl": "polish",
    "se": "swedish",
    "no": "norwegian",
    "dk": "danish",
    "fi": "finnish",
    "be": "belgian",
    "ch": "swiss",
    "at": "austrian",
    "cz": "czech czechia",
    "hu": "hungarian",
    "ro": "romanian",
    "il": "israeli",
    "ps": "palestine palestinian",
    "sy": "syrian",
    "iq": "iraqi",
    "ir": "iranian",
    "af": "afghan",
    "pk": "pakistani pak",
    "bd": "bangladeshi",
    "lk": "srilankan",
    "ph": "filipino",
    "vn": "vietnamese",
    "th": "thai",
    "id": "indonesian",
    "my": "malaysian",
    "sg": "singaporean",
    "sa": "saudi ksa",
    "ae": "uae emirates",
    "eg": "egyptian",
    "ng": "nigerian",
    "ke": "kenyan",
    "za": "southafrican",
    "gh": "ghanaian",
    "ar": "argentine argentinian",
    "cl": "chilean",
    "co": "colombian",
    "ve": "venezuelan",
    "cu": "cuban",
    "jm": "jamaican",
    "nz": "newzealander kiwi",
    "et": "ethiopian",
    "lb": "lebanese",
    "ge": "georgian",
}


@dataclass(frozen=True)
class Logo:
    slug: str
    title: str
    colour: tuple[int, int, int]  # the brand's own
    split: str


@dataclass(frozen=True)
class Flag:
    code: str
    name: str
    split: str


def plain(name: str) -> str:
    """A name's letters and digits: "#Coca-Cola" and "coca cola" are one."""
    letters = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[^a-z0-9]", "", letters)


def read_bytes(path: str, limit: int) -> bytes:
    with open(path, "rb") as file:
        read = file.read(limit + 1)
    if len(read) > limit:
        raise ValueError(f"{path}: larger than {limit} bytes")
    return read


def refuse(url: str, *_: object) -> bytes:
    raise ValueError(f"an SVG asks for {url[:100]}: nothing outside the file is read")


def drawn(path: str, width: int, height: int) -> Image.Image:
    """RGBA [height, width]. Entities, outside files and addresses are refused. Needs CairoSVG."""
    try:
        from cairosvg.surface import PNGSurface
    except ImportError as problem:
        raise ValueError("compose draws SVG files with CairoSVG, which is missing: pip install cairosvg") from problem
    svg = read_bytes(path, MAX_SVG_BYTES)
    png = PNGSurface.convert(bytestring=svg, unsafe=False, url_fetcher=refuse, output_width=width, output_height=height)
    return Image.open(io.BytesIO(png)).convert("RGBA")


class Parts:
    """Logos and flags by split. Drawings are made at their first use and kept."""

    def __init__(self, logos: str, flags: str) -> None:
        self.logo_folder, self.flag_folder = logos, flags
        self.logos = {logo.slug: logo for logo in read_logos(logos)}
        self.flags = {flag.code: flag for flag in self.read_flags()}
        self.logos_of = group_by_split(self.logos)
        self.flags_of = group_by_split(self.flags)
        self.slug_of = {plain(logo.title): logo.slug for logo in reversed(self.logos.values())}
        self.code_of = {plain(flag.name): flag.code for flag in self.flags.values()}
        self.code_of |= {
            plain(word): code for code, words in COUNTRY_WORDS.items() if code in self.flags for word in words.split()
        }

    def key_of(self, kind: str, name: str) -> str | None:
        """The slug (kind "logo") or code ("flag") that a name means, if any."""
        return {"logo": self.slug_of, "flag": self.code_of}.get(kind, {}).get(plain(name))

    def split_of(self, kind: str, key: str) -> str:
        return (self.logos if kind == "logo" else self.flags)[key].split

    @functools.lru_cache(maxsize=None)
    def logo(self, slug: str) -> Image.Image:
        """The logo's ink as a mask, L, cut to what is inked, its longer side LOGO_SIDE."""
        ink = drawn(f"{self.logo_folder}/icons/{slug}.svg", 256, 256).getchannel("A")
        ink = ink.crop(ink.getbbox() or (0, 0, 256, 256))
        share = LOGO_SIDE / max(ink.size)
        return ink.resize((max(1, round(ink.width * share)), max(1, round(ink.height * share))), Image.LANCZOS)

    @functools.lru_cache(maxsize=None)
    def flag(self, code: str) -> Image.Image:
        """RGB [192, 256]."""
        flag = Image.new("RGBA", FLAG_SIZE, "white")
        flag.alpha_composite(drawn(f"{self.flag_folder}/flags/4x3/{code}.svg", *FLAG_SIZE))
        return flag.convert("RGB")

    def read_flags(self) -> list[Flag]:
        """Flags of countries and parts of countries; those that look alike are on one side."""
        countries = json.loads(read_bytes(f"{self.flag_folder}/country.json", MAX_JSON_BYTES))
        named = {each["code"]: each["name"] for each in countries if is_country(each)}
        codes = [code for code in sorted(named) if os.path.exists(f"{self.flag_folder}/flags/4x3/{code}.svg")]
        small = [np.asarray(self.flag(code).resize((32, 24), Image.BOX).convert("L")) for code in codes]
        first = look_alikes(np.array(small), SAME_FLAG, mirrored=False)
        return [Flag(code, named[code], split_of("flag", codes[at])) for code, at in zip(codes, first)]


def is_country(country: dict) -> bool:
    code = country.get("code", "")
    return (
        re.fullmatch(r"[a-z]{2}(-[a-z]{2,3})?", code) is not None
        and code != "xx"
        and (country.get("iso") is True or code.startswith(("gb-", "es-")))
    )


def read_logos(folder: str) -> list[Logo]:
    """Brands with a file. A family ("Google Maps", "Google Drive") is on one side: its first word decides."""
    found = []
    for brand in json.loads(read_bytes(f"{folder}/data/simple-icons.json", MAX_JSON_BYTES)):
        slug, title, colour = brand.get("slug", ""), brand.get("title", ""), brand.get("hex", "")
        if (
            not re.fullmatch(r"[a-z0-9_-]{1,80}", slug)
            or not re.fullmatch(r"[0-9A-Fa-f]{6}", colour)
            or not plain(title)
        ):
            continue
        if os.path.exists(f"{folder}/icons/{slug}.svg"):
            family = plain(title.split()[0]) or plain(title)
            found.append(Logo(slug, title, tuple(bytes.fromhex(colour)), split_of("logo", family)))
    return found


def group_by_split(parts: dict) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {"train": [], "dev": []}
    for key, part in parts.items():
        groups[part.split].append(key)
    return groups
