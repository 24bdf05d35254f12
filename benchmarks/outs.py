"""`bench outs`: every figure that this release promises of the ways out and of live."""

from typing import Final

from benchmarks import outs_icy, outs_live, outs_rtmp, outs_titles, outs_video, outs_webrtc

MEASUREMENTS: Final = (
    *outs_webrtc.MEASUREMENTS,
    outs_icy.MEASUREMENT,
    outs_rtmp.MEASUREMENT,
    outs_video.MEASUREMENT,
    outs_live.MEASUREMENT,
    outs_titles.MEASUREMENT,
)
