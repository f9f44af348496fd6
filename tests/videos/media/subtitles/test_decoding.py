"""From bytes to text: what files of every age are written in."""

from __future__ import annotations

import codecs

import pytest

from videos.media.ffmpeg.errors import MediaError
from videos.media.subtitles.decoding import ENCODINGS, decode
from videos.media.subtitles.errors import NotSubtitles, UnknownEncoding, WrongEncoding

KOREAN = [
    "안녕하세요",
    "네",
    "아니요, 괜찮습니다.",
    "오늘은 행렬을 배웁니다",
    "잠깐만요!",
    "ㅋㅋㅋ 진짜?",
    "다음 시간에 만나요.",
    "그래서 어떻게 됐어?",
    "사랑해",
    "왜 그랬어요?",
    "비가 오는 날이었다",
    "서울특별시 종로구",
    "미분과 적분의 관계",
    "감사합니다, 여러분",
    "뭐라고 했어?",
    "조용히 해",
    "문이 열리네요",
    "3번 문제를 보세요",
    "함수 f(x)의 극한",
    "어서 오세요",
    "거기 누구 있어요?",
    "뛰어! 빨리!",
    "괜찮아, 괜찮아",
    "전화 왔어요",
    "맛있게 드세요",
    "둘째 줄",
    "한글 자막 둘째 줄",
]
JAPANESE = ["こんにちは、みなさん", "今日は行列を勉強します", "ありがとうございました"]
FRENCH = "Ça va très bien, merci. Où êtes-vous allé hier après l'école ?"


def srt(text: str) -> str:
    return f"1\r\n00:00:01,000 --> 00:00:02,000\r\n{text}\r\n"


@pytest.mark.parametrize("text", KOREAN)
def test_a_single_korean_line_of_an_older_program_is_read(text: str) -> None:
    found = decode(srt(text).encode("cp949"))
    assert (found.text, found.encoding) == (srt(text), "cp949")


@pytest.mark.parametrize("text", JAPANESE)
def test_japanese_is_distinguished_from_korean(text: str) -> None:
    found = decode(srt(text).encode("cp932"))
    assert (found.text, found.encoding) == (srt(text), "cp932")


def test_western_text_is_read() -> None:
    raw = "".join(srt(FRENCH) for _ in range(5)).encode("cp1252")
    assert decode(raw).encoding == "cp1252"


@pytest.mark.parametrize(
    ("raw", "encoding"),
    [
        (srt("안녕").encode(), "utf-8"),
        (codecs.BOM_UTF8 + srt("안녕").encode(), "utf-8"),
        (codecs.BOM_UTF16_LE + srt("안녕").encode("utf-16-le"), "utf-16"),
        (codecs.BOM_UTF16_BE + srt("안녕").encode("utf-16-be"), "utf-16"),
        (srt("안녕 hello there").encode("utf-16-le"), "utf-16"),
        (srt("안녕 hello there").encode("utf-16-be"), "utf-16"),
        (srt("plain").encode("ascii"), "utf-8"),
    ],
    ids=["utf-8", "BOM", "16 LE", "16 BE", "16 LE bare", "16 BE bare", "ascii"],
)
def test_unicode_is_known_by_its_mark_or_its_form(raw: bytes, encoding: str) -> None:
    found = decode(raw)
    assert found.encoding == encoding
    assert found.text.startswith("1\r\n00:00:01")


@pytest.mark.parametrize("codec", [codec for codec, _name in ENCODINGS])
def test_a_chosen_encoding_reads_what_it_wrote(codec: str) -> None:
    assert decode(srt("plain words").encode(codec), codec).text == srt("plain words")


def test_a_chosen_encoding_that_does_not_fit_is_refused() -> None:
    with pytest.raises(WrongEncoding) as refused:
        decode(srt("안녕").encode("cp949"), "utf-8")
    assert refused.value.args == {"encoding": "UTF-8"}


@pytest.mark.parametrize(
    "raw", [bytes(range(256)) * 64, b"\x00" * 5000, b"\xff\xfe\x00\xd8" * 100], ids=repr
)
def test_noise_is_refused(raw: bytes) -> None:
    with pytest.raises((NotSubtitles, UnknownEncoding)) as refused:
        decode(raw)
    assert isinstance(refused.value, MediaError)
