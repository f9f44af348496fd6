"""From bytes to text: a byte order mark, strict UTF-8, then what older programs wrote."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from dataclasses import dataclass

from videos.media.subtitles.errors import NotSubtitles, UnknownEncoding, WrongEncoding

ENCODINGS: tuple[tuple[str, str], ...] = (
    ("utf-8", "UTF-8"),
    ("utf-16", "UTF-16"),
    ("cp949", "Korean (CP949, EUC-KR)"),
    ("cp932", "Japanese (Shift JIS)"),
    ("euc_jp", "Japanese (EUC-JP)"),
    ("gb18030", "Chinese, simplified (GB18030)"),
    ("big5", "Chinese, traditional (Big5)"),
    ("cp1252", "Western European (Windows-1252)"),
    ("cp1250", "Central European (Windows-1250)"),
    ("cp1251", "Cyrillic (Windows-1251)"),
    ("cp1254", "Turkish (Windows-1254)"),
    ("cp1258", "Vietnamese (Windows-1258)"),
)
"""The encodings that a person may choose: Python's codec, and the name that is shown."""

# What charset-normalizer chooses from where a language's own letters do not decide.
_OTHERS = ["gb18030", "big5", "cp1252", "cp1251"]
_SAMPLE_BYTES = 65_536
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# The syllables that make up most of any Korean text, and the letters that people chat with.
_COMMON_HANGUL = frozenset(
    "이다는가을에의도를하고지어나아기리은한시로서사인자게라대해들그정수있부전제만스일상과보장여"
    "원주적것으니요안구동우조까유선공오비거면세무네미저러말마했습없었생간성체문중국방위신관경모르"
    "때당반소내년실식후행개치화입회작재트터분물연용결예발점추력속명산진계교목통설등란났같드데알운"
    "민직법음남현단두더태된양영바형초임품심노업건학강절감참특금타표능변근배본독불평류각질종집합규"
    "복프색벌론책석역출활앞별누워살왜뭐좋싶려야져줘와봐걸죠잖겠렇받못않먹꺼끝놓뒤몰뿐손찾크키택파"
    "편피필할함항향헤호확환황효힘녕랑머잘엄오빠언누형왔갔봤큼쪽름씨님군울준희뜻볼올돌길집땅몸밥술"
    "날달열닫여섯곱덟홉십백천번째럼럽친처럼직접벡행렬포클래베코딩버블링콘텐츠괜찮ㅋㅎㅠㅜㅇㄴㄱㄷ"
)
# The same for Chinese in simplified characters.
_COMMON_HANZI = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发"
    "后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开"
    "但因只从想实日者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物"
    "手应向头文体见被利什二等产或新己制身果加西月话合回特代内信表化老给世位次度门任常先海通教儿原东"
    "声提立及比员解水名真论处走义各入几口认条平系气题活更别打女变总何电数安少报才结反受目太量再感建"
    "做接必场件计管期市直命山金指许统区保至便空决科五基眼书非则听白却界达光放强难思完设式色路记品住"
    "谢对起欢迎字幕据库课程绍概率矩阵习爱静北京办干杯嗯啊请您吗吧呢哪谁怎喜视频"
)
# A language is recognised by the share of its own among the letters beyond ASCII.
_MIN_SHARE, _MIN_KANA = 0.45, 0.2


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text, without a byte order mark, and the codec that reads it."""

    text: str
    encoding: str


def decode(raw: bytes, encoding: str | None = None) -> Decoded:
    """The text of `raw`, read by `encoding` (one of ENCODINGS) or by what it looks like.

    Raises WrongEncoding, UnknownEncoding, NotSubtitles.
    """
    if encoding is not None:
        return Decoded(_chosen(raw, encoding), encoding)
    if raw.startswith(tuple(bom for bom, _codec in _BOMS)) or b"\0" in raw:
        text = _utf_16(raw)
        if text is None:
            raise NotSubtitles
        return Decoded(text, "utf-16")
    text = _strictly(raw, "utf-8-sig")
    return Decoded(text, "utf-8") if text is not None else _legacy(raw)


def _chosen(raw: bytes, encoding: str) -> str:
    names = dict(ENCODINGS)
    if encoding not in names:
        raise UnknownEncoding
    text = _utf_16(raw) if encoding == "utf-16" else _strictly(raw, _with_mark(encoding))
    if text is None:
        raise WrongEncoding({"encoding": names[encoding]})
    return text


def _with_mark(encoding: str) -> str:
    return "utf-8-sig" if encoding == "utf-8" else encoding


def _strictly(raw: bytes, codec: str) -> str | None:
    try:
        return raw.decode(codec)
    except UnicodeDecodeError:
        return None


def _utf_16(raw: bytes) -> str | None:
    """By its mark; else by where the empty halves of its ASCII characters lie."""
    for bom, codec in _BOMS:
        if raw.startswith(bom):
            return _strictly(_even(raw[len(bom) :]), codec)
    little, big = raw[1::2].count(0), raw[::2].count(0)
    text = _strictly(_even(raw), "utf-16-le" if little > big else "utf-16-be")
    return None if text is None or "\0" in text else text


def _even(raw: bytes) -> bytes:
    """Without half a character at the end."""
    return raw[: len(raw) & ~1]


def _legacy(raw: bytes) -> Decoded:
    """Languages with letters of their own by these, where one line is enough; else statistics."""
    tried = (
        _likely(raw, "cp949", _is_common_hangul, _MIN_SHARE),
        _likely(raw, "gb18030", _is_common_hanzi, _MIN_SHARE),
        _likely(raw, "cp932", _is_kana, _MIN_KANA),
        _likely(raw, "euc_jp", _is_kana, _MIN_KANA),
    )
    likely = max(tried, key=lambda found: found[0])[1]
    # Rare words of Korean: other languages' bytes seldom give nothing but its syllables.
    return likely or _likely(raw, "cp949", _is_syllable, 1.0)[1] or _by_statistics(raw)


def _likely(
    raw: bytes, codec: str, own: Callable[[str], bool], least: float
) -> tuple[float, Decoded | None]:
    """The share of a language's own letters, and the text where there are enough of them."""
    text = _strictly(raw, codec)
    letters = [each for each in text or "" if each > "\x7f" and each.isalpha()]
    share = sum(map(own, letters)) / len(letters) if letters else 0.0
    return (share, Decoded(text, codec)) if text and share >= least else (0.0, None)


def _is_common_hangul(character: str) -> bool:
    return character in _COMMON_HANGUL


def _is_syllable(character: str) -> bool:
    """One of the 2,350 of KS X 1001, not one that Windows added (two bytes are one letter then)."""
    return "가" <= character <= "힣" and len(character.encode("euc_kr", "replace")) == 2


def _is_common_hanzi(character: str) -> bool:
    return character in _COMMON_HANZI


def _is_kana(character: str) -> bool:
    return "\u3041" <= character <= "\u30fc"


def _by_statistics(raw: bytes) -> Decoded:
    from charset_normalizer import from_bytes  # noqa: PLC0415 (50 ms, and seldom needed)

    best = from_bytes(raw[:_SAMPLE_BYTES], cp_isolation=_OTHERS, enable_fallback=False).best()
    text = _strictly(raw, best.encoding) if best else None
    if best is None or text is None:
        raise UnknownEncoding
    return Decoded(text, best.encoding)
