#!/usr/bin/env bash
# With PyAV, asking for BT.709 labels the film BT.709 and converts it by BT.601.
#
# Seen with PyAV 18.1.0; ffmpeg 9.0.2 (imageio-ffmpeg 0.8.1) converts.
# Guess: `codec_context.colorspace = BT.709` before encoding RGB pictures gives BT.709, as ffmpeg's
#   `-colorspace bt709` does since its filters know of colour spaces.
# Seen: the conversion of the frame does not look at the encoder. Pure red becomes luma 81 (BT.601)
#   in a file that says BT.709 (63), and plays as orange: green 23 of 255.
# Who meets it: rendered slides, plots and thumbnails in HD.
# Instead: `frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)` first, then encode
#   that.
# Public: https://github.com/PyAV-Org/PyAV/issues/2230 (the way back, since then repaired)
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq av==18.1.0 numpy==2.4.6 imageio-ffmpeg==0.8.1
ffmpeg=$(venv/bin/python -c "import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())")
ff() { "$ffmpeg" -nostdin -v error "$@"; }
changed() { echo "Changed: $1" >&2; exit 1; }
"$ffmpeg" -version | sed -n 1p

ff -f lavfi -i color=red:size=1280x720:duration=0.1,format=rgb24 -pix_fmt yuv420p \
    -colorspace bt709 -c:v libx264 cli.mp4
venv/bin/python - <<'PY'
import sys

import av
import numpy as np
from av.video.reformatter import Colorspace


def encode(name: str, convert: bool) -> None:
    red = np.full((720, 1280, 3), (255, 0, 0), np.uint8)
    frame = av.VideoFrame.from_ndarray(red, format="rgb24")
    if convert:
        frame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
    with av.open(name, "w") as film:
        stream = film.add_stream("libx264", rate=25, width=1280, height=720, pix_fmt="yuv420p")
        stream.codec_context.colorspace = 1  # BT.709
        film.mux([*stream.encode(frame), *stream.encode()])


encode("label.mp4", convert=False)
encode("converted.mp4", convert=True)
luma = {}
for name in ("cli.mp4", "label.mp4", "converted.mp4"):
    with av.open(name) as film:
        frame = next(film.decode(video=0))
        luma[name] = int(frame.to_ndarray()[0, 0])
        print(f"{name}: colour space {int(frame.colorspace)} (1: BT.709), red {luma[name]} (63)")
if abs(luma["label.mp4"] - 81) > 1:
    sys.exit("Changed: PyAV converts by the encoder's colour space.")
PY
