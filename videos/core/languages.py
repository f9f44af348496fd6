"""Languages of subtitle tracks: three letters of ISO 639-2/T, as MP4 and Matroska name them."""

from __future__ import annotations

import re
from pathlib import PurePath

from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

UNKNOWN = "und"
# By the two letters of ISO 639-1, whose names Django knows in the languages of its pages.
CODES = {
    "ko": "kor",
    "en": "eng",
    "ja": "jpn",
    "zh-hans": "zho",
    "ar": "ara",
    "bn": "ben",
    "cs": "ces",
    "da": "dan",
    "de": "deu",
    "el": "ell",
    "es": "spa",
    "fa": "fas",
    "fi": "fin",
    "fr": "fra",
    "he": "heb",
    "hi": "hin",
    "hu": "hun",
    "id": "ind",
    "it": "ita",
    "mn": "mon",
    "ms": "msa",
    "nb": "nor",
    "nl": "nld",
    "pl": "pol",
    "pt": "por",
    "ro": "ron",
    "ru": "rus",
    "sv": "swe",
    "th": "tha",
    "tr": "tur",
    "uk": "ukr",
    "vi": "vie",
}
# What file names say besides the codes above.
OTHER_NAMES = {
    "kr": "kor",
    "korean": "kor",
    "english": "eng",
    "jp": "jpn",
    "zh": "zho",
    "chi": "zho",
}
# Unicode's blocks of scripts that one language alone writes.
HANGUL, KANA = re.compile("[\uac00-\ud7a3]"), re.compile("[\u3041-\u30ff]")


def names() -> dict[str, str]:
    """Each language's name in the active language, by its code; the unknown one first."""
    known = {
        code: str(get_language_info(short)["name_translated"]) for short, code in CODES.items()
    }
    known |= {  # where Django's name is of one script only, or is not the usual one in Korean
        "zho": _("Chinese"),
        "nor": _("Norwegian"),
        "ben": _("Bengali"),
        "hin": _("Hindi"),
        "mon": _("Mongolian"),
        "msa": _("Malay"),
    }
    return {UNKNOWN: _("Unknown language"), **known}


def is_known(code: str) -> bool:
    """Whether a track may be marked so."""
    return code == UNKNOWN or code in CODES.values()


def web_code(code: str) -> str:
    """The same as browsers know it (BCP 47): the two letters where there are such."""
    short = {long: short for short, long in CODES.items()}.get(code, code)
    return short.partition("-")[0]


def guess(file_name: str, text: str) -> str:
    """By the file's name (`lecture.ko.srt`), else by letters that one language alone writes."""
    by_name = {**CODES, **{code: code for code in CODES.values()}, **OTHER_NAMES}
    words = re.split(r"[^a-z]+", PurePath(file_name).stem.lower())
    for word in reversed(words[1:]):
        if word in by_name:
            return by_name[word]
    if KANA.search(text):
        return "jpn"
    return "kor" if HANGUL.search(text) else UNKNOWN
