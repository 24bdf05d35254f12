"""What a backend knows of its own beats, in the place of what the ears have made of them: a sequencer is surer than any ear, which hears
an off-beat bass for the beat now and then. A mix on the beat goes by it.
"""

from dataclasses import replace
from typing import Final

from msgspec.structs import replace as altered

from dsp.block import SAMPLE_RATE
from dsp.hearing import BeatGrid, Hearing, Tempo
from generation.take import Take
from server.catalogue.heard import Heard

BEATS_A_BAR: Final = 4
"""A brief knows no other measure."""


def with_known_beats(heard: Heard, take: Take) -> Heard:
    """As it was heard, where the take does not say where its sections begin, or nothing in it beats."""
    hearing = heard.hearing
    if not take.sections or take.bpm <= 0.0 or hearing.tempo.bpm <= 0.0:
        return heard
    return altered(heard, hearing=_corrected(hearing, take), beats_known=True)


def _corrected(hearing: Hearing, take: Take) -> Hearing:
    beat = 60.0 * SAMPLE_RATE / take.bpm
    whole, first = divmod(float(take.sections[0].start_frame), beat)
    others = tuple(other for other in hearing.tempo.alternatives if abs(other[0] / take.bpm - 1.0) > 0.01)
    return replace(
        hearing,
        tempo=Tempo(take.bpm, 1.0, others),
        grid=BeatGrid(take.bpm, first, int(whole) % BEATS_A_BAR, BEATS_A_BAR, 1.0),
    )
