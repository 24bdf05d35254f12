from collections.abc import Callable

import numpy as np
import pytest

from generation.procedural.company import Company, dance_cast, song_cast, still_cast
from generation.procedural.part import DRUMS, Part
from generation.procedural.plan import FULL, RISING, Cast, Kind

ALL, LATER = (0.0, 1.0), (0.5, 1.0)
COMPANY = Company(
    drop={Part.BASS: ALL, Part.PAD: ALL, Part.LEAD: LATER},
    drop2={Part.BASS: ALL, Part.PAD: ALL, Part.LEAD: ALL, Part.ARP: LATER},
    breakdown={Part.PAD: ALL, Part.LEAD: LATER, Part.STAB: LATER},
)
CASTS = (dance_cast, song_cast, still_cast)
Casting = Callable[[Company, np.random.Generator], Cast]


@pytest.mark.parametrize("casting", CASTS)
def test_a_cast_knows_every_section_it_may_meet_and_stays_are_shares(casting: Casting) -> None:
    for seed in range(20):
        cast = casting(COMPANY, np.random.default_rng(seed))
        assert set(cast) >= {Kind.INTRO, Kind.DROP, Kind.BREAK, Kind.DROP2, Kind.OUTRO}
        for stays in cast.values():
            assert stays
            assert all(0.0 <= enters < leaves <= 1.0 for enters, leaves in stays.values())


@pytest.mark.parametrize("casting", CASTS)
def test_the_full_sections_and_the_break_are_the_companys(casting: Casting) -> None:
    for seed in range(20):
        cast = casting(COMPANY, np.random.default_rng(seed))
        for kind, voices in ((Kind.DROP, COMPANY.drop), (Kind.DROP2, COMPANY.drop2), (Kind.BREAK, COMPANY.breakdown)):
            assert {part: cast[kind][part] for part in voices} == dict(voices)


def test_a_dance_begins_and_ends_on_drums_alone_for_the_mix_and_breaks_without_its_bass_drum() -> None:
    for seed in range(20):
        cast = dance_cast(COMPANY, np.random.default_rng(seed))
        assert all(cast[kind][Part.KICK] == ALL for kind in (Kind.INTRO, *FULL, Kind.OUTRO))
        assert Part.KICK not in cast[Kind.BREAK]
        assert Part.BASS not in cast[Kind.INTRO]
        voices = [part for part in cast[Kind.INTRO] if part not in (*DRUMS, Part.TEXTURE)]
        assert all(cast[Kind.INTRO][part][0] >= 0.5 for part in voices)
        assert all(cast[Kind.OUTRO][part][1] <= 0.5 for part in voices)
        assert set(RISING) <= set(cast)


def test_a_song_is_opened_and_closed_by_one_voice_of_its_break_never_by_the_melody() -> None:
    guests = set()
    for seed in range(30):
        cast = song_cast(COMPANY, np.random.default_rng(seed))
        (guest,) = [part for part in cast[Kind.INTRO] if part not in (*DRUMS, Part.TEXTURE)]
        assert cast[Kind.INTRO][guest] == cast[Kind.OUTRO][guest] == ALL
        guests.add(guest)
    assert guests == {Part.PAD, Part.STAB}


def test_what_is_still_has_no_drums_and_is_never_empty() -> None:
    for seed in range(20):
        cast = still_cast(COMPANY, np.random.default_rng(seed))
        for stays in cast.values():
            assert not set(stays) & set(DRUMS)
            assert ALL in [stay for part, stay in stays.items() if part is not Part.TEXTURE]


@pytest.mark.parametrize("casting", CASTS)
def test_the_same_generator_casts_the_same(casting: Casting) -> None:
    assert casting(COMPANY, np.random.default_rng(4)) == casting(COMPANY, np.random.default_rng(4))
