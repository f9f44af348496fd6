"""The font that the product brings, so that text looks the same on every machine."""

from pathlib import Path

import pylopdf_fonts_ko

# Noto Sans KR: Hangul, hanja and Latin (SIL Open Font License 1.1).
SANS = Path(pylopdf_fonts_ko.__file__).with_name("NotoSansKR-Regular.otf")
