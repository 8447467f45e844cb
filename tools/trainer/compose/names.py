"""Names that can be two or three kinds of thing: real ones, and made-up ones that give no hint."""
import random

from compose.split import split_of

TYPE_OF_LETTER = {"p": "person", "o": "organization", "l": "location"}

# What each name can be: person, organization, location.
REAL = {
    "pl": """Jordan Paris Sydney Georgia Virginia Carolina Dakota Austin Houston Dallas Brooklyn Madison Savannah
    Charlotte Florence Chad Israel Kenya India China Asia Washington Jackson Hamilton Nelson Adelaide Alexandria Salem
    Santiago Cairo London Devon Kent Chester York Holland Ireland England France Memphis Bradford Preston Camden Logan
    Troy Kingston Trenton Raleigh Vienna Siena Sofia Verona Geneva Catalina Montana Indiana Eden Skye Iona Aspen
    Cheyenne Helena Regina Gary Cuba Malta Cyprus Melbourne Perth Tyrone Clare Roman Tripoli Kerry Shannon Lourdes
    Mali Jamaica Persia Arabia""",
    "po": """Ford Dell Disney Carter Tesla Armani Versace Gucci Prada Chanel Hilton Marriott Kellogg Ferrari Porsche
    Honda Bentley Chrysler Cartier Lacoste Levi Wendy McLaren Bosch Siemens Philips Heinz Bloomberg Boeing Gillette
    Goldman Macy Merck Barclay Lloyd Spencer Harley Wilson Mercedes Alexa Oscar Ashley Dyson Guinness Jameson Kraft
    Mattel Otis Oracle Apple Nike Puma Shell Brown Duke Dior Bulova Benson Maybach Lamborghini Suzuki Bugatti Casio
    Dunlop Goodyear Hoover Kenwood Michelin Nestle Renault Sainsbury Subway Yamaha Zara Zeiss""",
    "ol": """Amazon Target Gap Corona Patagonia Columbia Nokia Everton Liverpool Arsenal Barcelona Manchester
    Leicester Milan Napoli Roma Lyon Monaco Santander Cisco Evian Fuji Hitachi Alaska Delta Galaxy Princeton Oxford
    Cambridge Harvard Yale Avon Boulder Sevilla Valencia Ajax Bologna Fulham Burnley Wigan Sunderland Reading Toronto
    Calgary Ottawa Detroit Oakland Minnesota Tampa Atlanta Portland Buffalo Seattle Dominion Sahara Dakar""",
    "pol": """Chelsea Phoenix Orlando Lincoln Morgan Cleveland Denver Boston Victoria Lancaster Stanley Stanford
    Cornell Hershey Nevada Aston Kia Mars Orange Cadillac""",
}
REAL_PHRASES = {
    "Wells Fargo": "po",
    "Calvin Klein": "po",
    "Ralph Lauren": "po",
    "Tommy Hilfiger": "po",
    "Louis Vuitton": "po",
    "Hugo Boss": "po",
    "Jack Daniels": "po",
    "Johnnie Walker": "po",
    "Charles Schwab": "po",
    "Saint Laurent": "pol",
    "San Marino": "ol",
    "San Jose": "ol",
    "Santa Clara": "pl",
    "San Antonio": "ol",
    "Aston Villa": "ol",
    "New England": "ol",
    "Red Bull": "po",
    "St. Louis": "ol",
}

STARTS = "b br c ch cl d dr f fl g gr h j k kr l m n p pr qu r s sh st t tr v w y z th bl".split()
VOWELS = "a e i o u ai ea ia io oa ou ee au y".split()
MIDDLES = "l r n m s t d v k nd rt ll ss th lm rn st nn z br x".split()
ENDS = ["", "", "", *"n r s l th x nd ck m ra na lo ton ley via ro tek land is ette ford".split()]


def real_names(split: str) -> list[tuple[str, list[str]]]:
    """(name, the types it can have) of one split, in a fixed order."""
    letters = {name: kinds for kinds, names in REAL.items() for name in names.split()} | REAL_PHRASES
    return [
        (name, [TYPE_OF_LETTER[letter] for letter in kinds])
        for name, kinds in sorted(letters.items())
        if split_of("name", name) == split
    ]


def made_up_word(chance: random.Random) -> str:
    """Two or three syllables: "Brovanis", "Kealton"."""
    word = chance.choice(STARTS) + chance.choice(VOWELS)
    for _ in range(chance.choice((0, 1, 1, 2))):
        word += chance.choice(MIDDLES) + chance.choice(VOWELS[:5])
    word += chance.choice(ENDS)
    return word.capitalize() if len(word) > 3 else made_up_word(chance)


def made_up_name(split: str, chance: random.Random) -> str:
    """One word, at times two. Each word belongs to the split, so no word is on both sides."""
    def word() -> str:
        found = made_up_word(chance)
        while split_of("made-up", found) != split:
            found = made_up_word(chance)
        return found

    return f"{word()} {word()}" if chance.random() < 0.2 else word()
