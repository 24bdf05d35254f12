"""Who is asked first. Pure: those who rest are left out; the healthy come before the sickly, then the cheaper before the dearer, then the
order in which the operator named them."""

from collections.abc import Mapping, Sequence

from generation.llm.provider import Provider
from generation.llm.standing import SOUND, Standing


def order(providers: Sequence[Provider], standings: Mapping[str, Standing], tokens_in: int, tokens_out: int, now: float) -> list[Provider]:
    """Those who may be asked, the first first. A price counts as what a *valid* answer costs: divided by the health."""
    ranked = []
    for place, provider in enumerate(providers):
        standing = standings.get(provider.name, Standing())
        if not standing.resting(now):
            price = provider.microdollars(tokens_in, tokens_out) / max(standing.health, 0.05)
            ranked.append((standing.health < SOUND, price, place))
    return [providers[place] for _, _, place in sorted(ranked)]
