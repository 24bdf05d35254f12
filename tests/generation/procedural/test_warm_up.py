from dsp.warm_up import kernels
from generation.brief import GENRES, Brief
from generation.procedural.composer import ProceduralComposer
from generation.procedural.warm_up import PARTS, warm_up


def test_after_it_nothing_is_compiled_for_any_genre() -> None:
    told: list[str] = []
    names = warm_up(told.append)
    assert told == list(PARTS)
    assert "generation.procedural.filters.sweep" in names
    compiled = {name: len(kernel.signatures) for name, kernel in kernels("generation").items()}
    assert set(compiled.values()) == {1}
    for seed, genre in enumerate(GENRES):
        ProceduralComposer().make(Brief(genre, seed, 30.0))
    assert {name: len(kernel.signatures) for name, kernel in kernels("generation").items()} == compiled
