"""Streams as sources send them: tones encoded by FFmpeg, with titles in them."""

import io

import av
import numpy as np
from av.audio import AudioStream

RATE = 48_000
KINDS = {
    "mp3": ("mp3", "libmp3lame"),
    "aac": ("adts", "aac"),
    "opus": ("ogg", "libopus"),
    "vorbis": ("ogg", "vorbis"),
    "ogg-flac": ("ogg", "flac"),
    "flac": ("flac", "flac"),
    "webm": ("webm", "libopus"),
}


def stream_of(kind: str, seconds: float = 1.0, title: str = "", artist: str = "", hertz: float = 440.0, rate: int = RATE) -> bytes:
    """A tone at half of full scale, in one of KINDS."""
    container_format, codec = KINDS[kind]
    file = io.BytesIO()
    with av.open(file, "w", format=container_format) as container:
        container.metadata.update({name: text for name, text in (("title", title), ("artist", artist)) if text})
        stream = container.add_stream(codec, rate=rate, options={"strict": "experimental"})
        assert isinstance(stream, AudioStream)
        stream.layout = "stereo"
        tone = (16_384 * np.sin(2 * np.pi * hertz / rate * np.arange(round(seconds * rate)))).astype(np.int16)
        samples = np.repeat(tone, 2).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, "s16", "stereo")
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format, "stereo", rate, stream.codec_context.frame_size or 1_024)
        for piece in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(piece))
        container.mux([packet for packet in stream.encode(None) if packet.size])
    return file.getvalue()
