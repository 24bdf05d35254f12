"""Pitches are MIDI note numbers (69 is A4, 440 Hz); fractions are cents."""


def hertz(pitch: float) -> float:
    """The frequency of a pitch, in equal temperament."""
    return float(440.0 * 2.0 ** ((pitch - 69.0) / 12.0))


def nearest_octave(pitch_class: int, centre: float) -> int:
    """The pitch of that class nearest to `centre`."""
    return pitch_class % 12 + 12 * round((centre - pitch_class % 12) / 12)
