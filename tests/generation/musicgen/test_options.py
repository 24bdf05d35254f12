import pytest

from generation.errors import InvalidBrief
from generation.musicgen.options import MusicGenOptions


@pytest.mark.parametrize("options", [{"most_at_once": 0}, {"most_at_once": 65}, {"temperature": 0.0}, {"top_k": 0}, {"guidance": 0.5}])
def test_refuses_what_cannot_be(options: dict[str, float]) -> None:
    with pytest.raises(InvalidBrief, match="musicgen"):
        MusicGenOptions(**options)  # type: ignore[arg-type]


def test_the_defaults_are_the_makers() -> None:
    options = MusicGenOptions()
    assert (options.guidance, options.top_k, options.temperature) == (3.0, 250, 1.0)
    assert not options.download
